import { identifierKinds, identifierLimits, type Identifier } from '@throughline/contracts'
import { v7 } from 'uuid'
import { binary, type Db, type PoolClient } from '../platform/postgres/index.ts'
import { IdentityError } from './errors.ts'
import { refuseForgottenProfiles } from './forgotten.ts'
import { holdProfiles } from './hold.ts'
import { resolveProfile } from './ledger.ts'
import type { Merge } from './resolve.ts'
import { writeMerges } from './store.ts'

/** What two profiles would become. */
export interface MergePlan {
  /** The earlier created, which is the one with the smaller id. */
  readonly winner: string
  readonly loser: string
  readonly identifiers: ReadonlyMap<string, readonly Identifier[]>
  /** Why they stay apart, a sentence; null when they can be joined. */
  readonly refusal: string | null
}

/** Looks what merging two people, by the ids they go by today, would join. Takes no lock. */
export async function planMerge(db: Db, one: string, other: string): Promise<MergePlan> {
  const [winner, loser] = one < other ? [one, other] : [other, one]
  const { rows } = await db.query<{ profile_id: string; kind: Identifier['kind']; value: string }>(
    'select profile_id, kind, value from identifiers where profile_id = any($1::uuid[]) order by created_at, value',
    [binary.uuidArray([winner, loser])],
  )
  const of = (id: string): Identifier[] => rows.filter((row) => row.profile_id === id).map(({ kind, value }) => ({ kind, value }))
  const identifiers = new Map([
    [winner, of(winner)],
    [loser, of(loser)],
  ])
  return { winner, loser, identifiers, refusal: refusalOf(winner, loser, rows) }
}

const kindNames: { readonly [K in Identifier['kind']]: string } = {
  user_id: 'user ids',
  email: 'e-mail addresses',
  phone: 'phone numbers',
  anonymous_id: 'devices',
}

/** Two different strong ids are two people, whatever anybody thinks; the other limits are those of events. */
function refusalOf(winner: string, loser: string, rows: readonly Identifier[]): string | null {
  if (winner === loser) return 'These are one and the same person already.'
  for (const kind of identifierKinds) {
    const values = rows.filter((row) => row.kind === kind).map(({ value }) => value)
    const limit = identifierLimits[kind]
    if (values.length <= limit) continue
    return limit === 1
      ? `They have different ${kindNames[kind]} (${values.join(' and ')}), so the shop knows them as different people. Merge them in the shop first; with one id left, they join by themselves.`
      : `Together they would have ${values.length} ${kindNames[kind]}; a person has at most ${limit}.`
  }
  return null
}

/**
 * Merges two people by hand, inside the caller's transaction. For the loser a control entry `merge-out` has to go into
 * its live lane in this same transaction.
 * @param reason recorded with the merge, such as who did it
 * @throws IdentityError `merge_refused`
 */
export async function mergeByHand(client: PoolClient, one: string, other: string, reason: string, now: number): Promise<Merge> {
  const plan = await holdProfiles(client, [one, other], async () => {
    const [a, b] = [await resolveProfile(client, one), await resolveProfile(client, other)]
    await refuseForgottenProfiles(client, [a, b])
    return { profiles: [a, b], value: await planMerge(client, a, b) }
  })
  if (plan.refusal !== null)
    throw new IdentityError('conflict', 'merge_refused', `They cannot be merged. ${plan.refusal}`, { field: 'with', value: other })
  const merge = { id: v7(), winner: plan.winner, loser: plan.loser, reason, moved: plan.identifiers.get(plan.loser)! }
  await writeMerges(client, [merge], new Map([[merge.loser, merge.winner]]), now)
  return merge
}
