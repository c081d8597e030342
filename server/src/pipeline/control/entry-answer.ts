import { z } from 'zod'
import { answerEntry } from '@throughline/engine'
import { forgotten, profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'

const schema = z.object({ run: z.string(), hasRoom: z.boolean() })

/** Whether there is room today in a journey that somebody wants to come into. */
export const entryAnswer: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  take(answer, { turn, state, now }, person) {
    if (person.mergedInto === forgotten) return
    turn.fireTimers(state, person, now)
    turn.keep(state, person, answerEntry(profileOf(person), answer, turn.context(state, person, now)), 0)
    person.lastNow = now
  },
}
