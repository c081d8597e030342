import { shardOf, type ChannelKind } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import { binary } from '../../platform/postgres/index.ts'
import {
  isPlainAddress,
  permissionJoins,
  PERMISSION_COLUMNS,
  toPermission,
  type Permission,
  type PermissionRow,
} from '../../consent/index.ts'
import { unpackTraits } from '../people.ts'
import type { Person } from '../port.ts'
import { LEAST_CLAIM_MS } from './times.ts'
import type { Claimed } from './claim.ts'

/** A message as it stands right before it is handed over, with the person who would receive it. */
export interface Inspected {
  readonly shard: number
  readonly id: string
  readonly profileId: string
  readonly lane: number
  readonly channel: ChannelKind
  readonly template: string
  readonly templateVersion: number
  readonly purpose: 'marketing' | 'transactional'
  readonly journey: string | null
  readonly step: string | null
  readonly send: string | null
  /** Of a send that says another subject line than the template. */
  readonly subject: string | null
  readonly variables: string
  readonly address: string | null
  readonly createdAt: number
  /** Attempts made before this one. */
  readonly attempts: number
  /** Handed over already by a sender that died before it could tell. */
  readonly sentAt: number | null
  /** Still ours for the wait for a turn and one attempt. */
  readonly ours: boolean
  /** Still meant to be sent. */
  readonly wanted: boolean
  /** Whether it is not to go out for now: its campaign is paused, or everything is stopped. */
  readonly halted: boolean
  /** Why its journey called it back. */
  readonly calledBack: string | null
  readonly person: Person | null
  /** What stands about the person and the address; null where it has to be asked for: the address is not known yet, or it is the survivor's. */
  readonly permission: Permission | null
}

interface Row extends PermissionRow {
  shard: number
  id: string
  profile_id: string
  lane: number
  channel: ChannelKind
  template: string
  template_version: number
  purpose: 'marketing' | 'transactional'
  journey_id: string | null
  step: string | null
  send_id: string | null
  send_subject: string | null
  variables: string
  address: string | null
  created_at: number
  attempts: number
  sent_at: number | null
  ours: boolean
  wanted: boolean
  halted: boolean
  called_back: string | null
  traits: Buffer | null
  merged_into: string | null
}

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

// Everything about a handful of messages in one go, by primary key on both sides. What is held and the time are the same for all of them, and
// asked for once: for each message anew they took as many reads as the message itself.
const INSPECT = `
select m.shard, m.id, m.profile_id, m.lane, m.channel, m.template, m.template_version, m.purpose, m.journey_id, m.step, m.send_id,
  (select s.subject from campaign_sends s where s.id = m.send_id) as send_subject,
  m.variables, m.address, m.created_at, m.attempts, m.sent_at,
  coalesce(m.claimed_by = $3::text and m.claim_until >= (select ${NOW}) + ${LEAST_CLAIM_MS}, false) as ours,
  m.status in ('queued', 'sending') as wanted,
  (select coalesce(array_agg(what), '{}') from sending_holds) && array[m.send_id, case when m.purpose = 'marketing' then '*' end] as halted,
  m.called_back, p.traits, p.merged_into,
  ${PERMISSION_COLUMNS}
from unnest($1::smallint[], $2::text[]) as k (shard, id)
join messages m on m.shard = k.shard and m.id = k.id
left join profiles p on p.shard = m.shard and p.id = m.profile_id
${permissionJoins('m')}`

// Follows the ledger of merges to its end; rows of merged profiles are rare, so this runs seldom.
const FOLLOW = `select id, shard, traits, merged_into from profiles where shard = $1::smallint and id = $2::uuid`

/** Reads messages and their people just before the hand-over. A message that is gone is left out. */
export async function inspectMessages(db: Db, worker: string, keys: readonly Claimed[]): Promise<Inspected[]> {
  const result = await db.query<Row>({
    name: 'messages-inspect',
    text: INSPECT,
    values: [binary.int2Array(keys.map((key) => key.shard)), binary.textArray(keys.map((key) => key.id)), worker],
  })
  const inspected: Inspected[] = []
  for (const row of result.rows) {
    const person = row.merged_into === null ? makePerson(row.profile_id, row.traits) : await findSurvivor(db, row.merged_into)
    inspected.push({
      shard: row.shard,
      id: row.id,
      profileId: row.profile_id,
      lane: row.lane,
      channel: row.channel,
      template: row.template,
      templateVersion: row.template_version,
      purpose: row.purpose,
      journey: row.journey_id,
      step: row.step,
      send: row.send_id,
      subject: row.send_subject,
      variables: row.variables,
      address: row.address,
      createdAt: row.created_at,
      attempts: row.attempts,
      sentAt: row.sent_at,
      ours: row.ours,
      wanted: row.wanted,
      halted: row.halted,
      calledBack: row.called_back,
      person,
      permission: row.merged_into === null && row.address !== null && isPlainAddress(row.address) ? toPermission(row) : null,
    })
  }
  return inspected
}

async function findSurvivor(db: Db, first: string): Promise<Person | null> {
  let id = first
  for (let hops = 0; hops < 100; hops++) {
    const result = await db.query<{ id: string; traits: Buffer; merged_into: string | null }>({
      name: 'profiles-follow',
      text: FOLLOW,
      values: [shardOf(id), id],
    })
    const row = result.rows[0]
    // The survivor's row may not be written yet; its id is known all the same.
    if (row === undefined) return { id, traits: {} }
    if (row.merged_into === null) return makePerson(id, row.traits)
    id = row.merged_into
  }
  return null
}

function makePerson(id: string, packed: Buffer | null): Person {
  return { id, traits: unpackTraits(packed) }
}
