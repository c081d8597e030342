import { lanes, ownSource, type EventType, type JsonObject, type Lane } from '@throughline/contracts'
import { mergeByHand, unmerge, type Merge, type Unmerged } from '../identity/index.ts'
import { mergeMemberships, unmergeMemberships } from '../lists/index.ts'
import { withTransaction, type Db, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { append, makeAppending, type Entry } from './streams.ts'

/** An entry that moves the pipeline itself; docs/internals.md lists the names. */
export interface Control {
  readonly name: string
  /** Unique: the entry's event id is `throughline:<id>`. */
  readonly id: string
  /** The profile it is about, or {@link shardProfile} for one about a whole shard. */
  readonly profileId: string
  readonly properties: JsonObject
  /** Default live. */
  readonly lane?: Lane
}

/** The id that stands for no profile but a shard, so that an entry about all of a shard has its place. */
export function shardProfile(shard: number): string {
  return `00000000-0000-0000-0000-0000000000${shard.toString(16).padStart(2, '0')}`
}

export function controlEntry(control: Control, now: number): Entry {
  return {
    lane: control.lane ?? lanes.live,
    profileId: control.profileId,
    eventId: `throughline:${control.id}`,
    source: ownSource,
    type: 'control',
    name: control.name,
    timestamp: now,
    properties: JSON.stringify(control.properties),
    context: '{}',
    triggers: false,
  }
}

/** Appends control entries inside the caller's transaction, as its last step. */
export async function appendControls(client: PoolClient, controls: readonly Control[]): Promise<void> {
  await append(client, makeAppending(controls.map((control) => controlEntry(control, Date.now()))))
}

/** An event of our own about somebody who is known. */
export interface OwnEntry {
  readonly source: typeof ownSource
  readonly messageId: string
  readonly type: EventType
  readonly name: string
  /** Epoch ms. */
  readonly timestamp: number
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly lane: Lane
  readonly triggers: boolean
  readonly who: { readonly profileId: string }
}

/**
 * Makes events of our own ready to be appended inside a transaction, as its last step. Nothing is looked up: the caller's transaction
 * sees to it that each is appended once, and the pipeline sends on what is about somebody who was merged meanwhile.
 * @throws TypeError, RangeError on what no row can hold
 */
export function makeOwnAppending(events: readonly OwnEntry[]): (client: Db) => Promise<void> {
  const appending = makeAppending(
    events.map((event) => ({
      lane: event.lane === lanes.bulk ? lanes.bulk : lanes.live,
      profileId: event.who.profileId,
      eventId: `${event.source}:${event.messageId}`,
      source: event.source,
      type: event.type,
      name: event.name,
      timestamp: event.timestamp,
      properties: JSON.stringify(event.properties),
      context: JSON.stringify(event.context),
      triggers: event.triggers,
    })),
  )
  return (client) => append(client, appending)
}

/**
 * Undoes a merge: identifiers go back, and both profiles are told so in their live lanes, in one transaction.
 * @throws IdentityError `merge_unknown`, `merge_undone`
 */
export async function unmergeProfiles(pool: Pool, mergeId: string): Promise<Unmerged> {
  return withTransaction(pool, async (client) => {
    const undone = await unmerge(client, mergeId, Date.now())
    await unmergeMemberships(client, undone.winner)
    const properties = { merge: undone.merge, loser: undone.loser, winner: undone.winner }
    const tell = (profileId: string, side: string): Control => ({
      name: 'unmerge',
      id: `unmerge:${undone.merge}:${side}`,
      profileId,
      properties,
    })
    await appendControls(client, [tell(undone.loser, 'loser'), tell(undone.winner, 'winner')])
    return undone
  })
}

/**
 * Merges two people by hand: identifiers, ledger, consents, and lists at once; the loser's worker ships the rest.
 * @param also runs within the transaction
 * @throws IdentityError `merge_refused`
 */
export async function mergePeople(
  pool: Pool,
  one: string,
  other: string,
  reason: string,
  also: (client: PoolClient) => Promise<void>,
): Promise<Merge> {
  return withTransaction(pool, async (client) => {
    const merge = await mergeByHand(client, one, other, reason, Date.now())
    await mergeMemberships(client, [merge])
    await also(client)
    await appendControls(client, [
      { name: 'merge-out', id: `merge-out:${merge.id}`, profileId: merge.loser, properties: { merge: merge.id, winner: merge.winner } },
    ])
    return merge
  })
}
