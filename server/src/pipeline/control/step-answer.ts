import { z } from 'zod'
import { jsonObjectSchema } from '@throughline/contracts'
import { answerStep } from '@throughline/engine'
import { forgotten, profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'

const schema = z.object({
  id: z.string(),
  step: z.string(),
  ok: z.boolean(),
  fields: jsonObjectSchema,
  reason: z.string().exactOptional(),
})

/** What came of the webhook for whose answer a run waits. */
export const stepAnswer: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  take(answer, { turn, state, now }, person) {
    if (person.mergedInto === forgotten) return
    turn.fireTimers(state, person, now)
    turn.keep(state, person, answerStep(profileOf(person), answer, turn.context(state, person, now)), 0)
    person.lastNow = now
  },
}
