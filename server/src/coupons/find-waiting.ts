import { shardOf } from '@throughline/contracts'
import { binary, type Db } from '../platform/postgres/index.ts'
import type { CouponRequest } from './said.ts'

/** Merges that a person may have been through meanwhile. */
const MOST_MERGES = 20

/** Who waits: the profile that the person stands in now; `gone`: nobody any more; `moving`: a merge is carrying the run over to another profile. */
export type Waiting = { readonly id: string } | 'gone' | 'moving'

// The run that waits, with its person; both are written in the transaction that writes the request.
const FIND = `
select q.at::int as at, p.id is not null as is_there, p.merged_into, r.run_id is not null as waits
from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) with ordinality as q (shard, id, run, step, at)
left join profiles p on p.shard = q.shard and p.id = q.id
left join runs r on r.shard = q.shard and r.profile_id = q.id and r.run_id = q.run and r.step = q.step`

/** For each request, in their order, who waits for it. */
export async function findWaiting(
  db: Db,
  requests: readonly Pick<CouponRequest, 'profileId' | 'run' | 'step'>[],
): Promise<readonly Waiting[]> {
  const found: Waiting[] = requests.map(() => 'gone')
  let open = requests.map(({ profileId, run, step }, place) => ({ place, id: profileId, run, step }))
  for (let merges = 0; open.length > 0 && merges < MOST_MERGES; merges++) {
    const asked = open
    const nobody: Waiting = merges === 0 ? 'gone' : 'moving'
    const { rows } = await db.query<{ at: number; is_there: boolean; merged_into: string | null; waits: boolean }>(FIND, [
      binary.int2Array(asked.map(({ id }) => shardOf(id))),
      binary.uuidArray(asked.map(({ id }) => id)),
      binary.textArray(asked.map(({ run }) => run)),
      binary.textArray(asked.map(({ step }) => step)),
    ])
    open = []
    for (const { at, is_there: isThere, merged_into: winner, waits } of rows) {
      const one = asked[at - 1]!
      if (isThere && winner !== null) open.push({ ...one, id: winner })
      else found[one.place] = isThere && waits ? { id: one.id } : nobody
    }
  }
  return found
}
