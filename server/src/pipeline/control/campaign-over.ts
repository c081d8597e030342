import { z } from 'zod'
import { leaveCampaign } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import { count } from './campaign.ts'
import type { PersonControl } from './control.ts'

const schema = z.object({ send: z.string() })

/** A send was cancelled while somebody waited for its message: by their clocks, or because policy said so. */
export const campaignOver: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  take({ send }, { turn, state, now }, person) {
    turn.fireTimers(state, person, now)
    const result = leaveCampaign(profileOf(person), send, turn.context(state, person, now))
    turn.keep(state, person, result, 1)
    person.lastNow = now
    if (result.left > 0) count(turn, state, send, 'cancelled-waiting', result.left)
  },
}
