import { profileOf, type Person } from '../advance/person.ts'
import type { Turn } from '../advance/turn.ts'

/** How far the streams of the person's shard had been taken when it was asked. */
interface Reach {
  readonly live: number
  readonly bulk: number
}

/** Tells one request to fold a person anew from others. */
export function nameOfRefold({ live, bulk }: Reach): string {
  return `${live}.${bulk}`
}

/**
 * Asks that a person be folded anew from history. Whoever was merged into them while an earlier request is being answered is not in
 * that answer: the person knows the latest request, and takes no answer to another.
 */
export function requestRefold(turn: Turn, person: Person, reach: Reach): void {
  person.profile = { ...profileOf(person), refold: nameOfRefold(reach) }
  turn.touch(person)
  turn.batch.refolds.push({ shard: person.shard, profileId: person.id, liveSeq: reach.live, bulkSeq: reach.bulk })
}
