import { binary, type Statement } from '../../platform/postgres/index.ts'
import { CLAIM_MS } from '../sender/times.ts'
import type { MessageRow } from './row.ts'

// One statement whatever the count. The claim is counted from the database's clock at this instant, not from the
// shard's, which runs behind after a pause. An id that is there already belongs to a message decided before.
const INSERT = `
insert into messages (shard, id, profile_id, lane, channel, template, template_version, purpose, journey_id, version, step,
  run_id, status, reason, rule, variables, address, created_at, due_at, claimed_by, called_back, send_id, claim_until)
select n.shard, n.id, n.profile_id, n.lane, n.channel, n.template, n.template_version, n.purpose, n.journey_id, n.version, n.step,
  n.run_id, n.status, n.reason, n.rule, n.variables, n.address, n.created_at, n.due_at, n.claimed_by, n.called_back, n.send_id,
  case when n.claimed_by is null then 0 else (extract(epoch from clock_timestamp()) * 1000)::bigint + ${CLAIM_MS} end
from unnest($1::smallint[], $2::text[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::integer[], $8::text[],
  $9::text[], $10::integer[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
  $18::bigint[], $19::bigint[], $20::text[], $21::text[], $22::text[])
  as n (shard, id, profile_id, lane, channel, template, template_version, purpose, journey_id, version, step,
  run_id, status, reason, rule, variables, address, created_at, due_at, claimed_by, called_back, send_id)
on conflict (shard, id) do nothing
returning id`

/**
 * The statement that writes messages. It answers the ids that are new; hand only their rows to `sender.take`, after the commit.
 * @throws TypeError, RangeError on what is no id or number, before anything is sent
 */
export function insertStatement(rows: readonly MessageRow[]): Statement {
  const text = (pick: (row: MessageRow) => string | null): Buffer => binary.textArray(rows.map(pick))
  return {
    name: 'messages-insert',
    text: INSERT,
    values: [
      binary.int2Array(rows.map((row) => row.shard)),
      text((row) => row.id),
      binary.uuidArray(rows.map((row) => row.profileId)),
      binary.int2Array(rows.map((row) => row.lane)),
      text((row) => row.channel),
      text((row) => row.template),
      binary.int4Array(rows.map((row) => row.templateVersion)),
      text((row) => row.purpose),
      text((row) => row.journey),
      binary.int4Array(rows.map((row) => row.version)),
      text((row) => row.step),
      text((row) => row.run),
      text((row) => row.status),
      text((row) => row.reason),
      text((row) => row.rule),
      text((row) => row.variables),
      text((row) => row.address),
      binary.int8Array(rows.map((row) => row.createdAt)),
      binary.int8Array(rows.map((row) => row.dueAt)),
      text((row) => row.claimedBy),
      text((row) => row.calledBack),
      text((row) => row.sendId),
    ],
  }
}
