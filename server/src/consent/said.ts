import type { ConsentEffect } from '@throughline/engine'
import { binary, type Statement } from '../platform/postgres/index.ts'
import { consentStatement } from './change.ts'

/** What a journey says of one person's consent. */
export interface ConsentSaid extends Pick<ConsentEffect, 'channel' | 'topic' | 'state' | 'source' | 'at'> {
  readonly shard: number
  readonly profileId: string
}

/** Statements that write consents in the transaction of the pipeline whose facts say them. A yes of a journey undoes no opt-out, and neither suppresses or frees an address. */
export function consentStatements(said: readonly ConsentSaid[]): Statement[] {
  return [false, true].flatMap((history) => {
    const rows = said
      .filter(({ state }) => (state === 'granted') === history)
      .map((one) => ({ ...one, address: null, wording: null, history, trusted: false }))
    return rows.length === 0 ? [] : [consentStatement(rows, history)]
  })
}

// What was written for a profile after it had been merged, and before its worker heard of that; unless its person agreed since.
const LATE = `
with recursive chain (id, at) as (
  select m.loser, m.winner from merges m where m.loser = any($1::uuid[]) and m.undone_at is null
  union all
  select c.id, m.winner from chain c join merges m on m.loser = c.at and m.undone_at is null
)
insert into consents (shard, profile_id, channel, topic, state, source, at, address, wording)
select distinct on (e.at, l.channel, l.topic)
  (get_byte(uuid_send(e.at), 15) & 63)::smallint, e.at, l.channel, l.topic, l.state, l.source, l.at, l.address, l.wording
from chain e join consents l on l.shard = any($2::smallint[]) and l.profile_id = e.id and l.state = 'withdrawn'
where not exists (select from merges n where n.loser = e.at and n.undone_at is null)
order by e.at, l.channel, l.topic, l.at desc
on conflict (shard, profile_id, channel, topic) do update
set state = 'withdrawn', source = excluded.source, at = excluded.at, address = excluded.address, wording = excluded.wording
where consents.state <> 'withdrawn' and excluded.at > consents.at`

/** Gives survivors the withdrawals that journeys noted for profiles merged into them until these became tombstones. */
export function lateConsentStatement(losers: readonly { readonly shard: number; readonly id: string }[]): Statement {
  return {
    name: 'consents-late',
    text: LATE,
    values: [binary.uuidArray(losers.map(({ id }) => id)), binary.int2Array(losers.map(({ shard }) => shard))],
  }
}
