import { z } from 'zod'
import { emptyProfile, retireProfile } from '@throughline/engine'
import { forgotten, profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'

const schema = z.object({ forget: z.uuid() })

/**
 * The person is forgotten: of the profile a tombstone stays that leads nowhere, everything that is kept beside it goes in
 * the same transaction, and whatever still comes in for it is dropped, unseen by the engine and deleted from the inbox.
 */
export const erase: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  staysWithTombstone: () => true,
  take(_properties, { turn, state, row }, person) {
    if (person.mergedInto === null) turn.write(person, retireProfile(profileOf(person)), 0)
    person.packed = null
    person.traits = null
    person.segments = null
    person.profile = emptyProfile(person.id, person.createdAt)
    person.mergedInto = forgotten
    person.mergedAt = row.received_at
    turn.setTimer(state, person, null)
    turn.batch.erased.set(person.id, person)
    turn.touch(person)
  },
}
