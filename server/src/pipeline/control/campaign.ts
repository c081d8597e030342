import { z } from 'zod'
import { jsonObjectSchema, resendToSchema, type ResendTo } from '@throughline/contracts'
import { enterCampaign, isInCampaign, type SendOutcome } from '@throughline/engine'
import type { Db } from '../../platform/postgres/index.ts'
import { profileOf, type Person } from '../advance/person.ts'
import { countSend, type Turn } from '../advance/turn.ts'
import { readPeopleAfter } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import type { Prepared, ShardControl } from './control.ts'
import { grown, markOf, narrow, sizeSchema, tryPerson } from './slice.ts'

const schema = z.object({
  send: z.string(),
  campaign: z.string(),
  version: z.number().int(),
  slot: z.number().nullable(),
  properties: jsonObjectSchema,
  turn: z.number().int(),
  after: z.uuid().nullable(),
  /** Of a send to those who did not answer an earlier one, whose people stand in `campaign_people`. */
  resend: z.object({ of: z.string(), to: resendToSchema }).nullable().default(null),
  /** So many messages may come about in this turn, and so many have. */
  granted: z.number().int(),
  used: z.number().int(),
  /** Whose turn it is, and which variant the rest gets. */
  part: z.enum(['all', 'test', 'rest']).default('all'),
  winner: z.string().nullable().default(null),
  /** The weights of its variants that hold in this turn, where they are learned. */
  weights: z.array(z.number().positive()).nullable().default(null),
  size: sizeSchema,
  /** Of a ramp: whose turn it is by where they stand in its draw, per cent. */
  band: z.object({ from: z.number(), to: z.number() }).nullable().default(null),
})
type Call = z.infer<typeof schema>
const FIRST = '00000000-0000-0000-0000-000000000000'

interface Ready extends Prepared {
  readonly people: readonly string[]
  readonly standing: 'sends' | 'halts' | 'is-over'
  /** Why people of a resend get nothing, by their ids. */
  readonly why: ReadonlyMap<string, string>
  /** The templates that people of a resend got of the send before, by their ids. */
  readonly given: ReadonlyMap<string, string>
}

// Asked before every slice: whoever presses a button waits for one slice at most.
const STANDING = `
select s.state, exists (select 1 from sending_holds where what = '*') as halted from campaign_sends s where s.id = $1::text`

/**
 * A turn of a send in a shard: it looks at the people behind `after`, one slice after the other, until it has used what it was granted or
 * nobody is left. Each slice puts its own continuation at the end of the bulk lane, in the transaction in which its messages come about; the last
 * one says in the cursor where it ended. So nobody is passed over, and nobody is written to twice.
 */
export const campaign: ShardControl<Call> = {
  about: 'shard',
  parse: (properties) => schema.parse(properties),
  async prepare({ send, after, resend, size }, _row, state, { db }): Promise<Ready> {
    const standing = await readStanding(db, send)
    if (standing === 'halts') return { standing, people: [], ...ofNobody }
    if (resend === null) return { standing, people: await readPeopleAfter(db, state.shard, after ?? FIRST, size), ...ofNobody }
    const rows = await readSilentAfter(db, { shard: state.shard, send, after: after ?? FIRST, size, ...resend })
    return {
      standing,
      people: rows.map(({ id }) => id),
      why: new Map(rows.flatMap(({ id, why }) => (why === null ? [] : [[id, why] as const]))),
      given: new Map(rows.flatMap(({ id, given }) => (given === null ? [] : [[id, given] as const]))),
    }
  },
  take(call, control) {
    const { turn, state, now, prepared } = control
    if (!isReady(prepared)) throw new Error('The turn of a campaign was not prepared.')
    const { people, standing, why, given } = prepared
    let { after, used } = call
    let looked = 0
    for (const id of people) {
      if (standing === 'sends' && used >= call.granted) break
      looked += 1
      after = id
      const person = turn.people.get(id)
      if (person.mergedInto !== null) continue
      const reason = why.get(id)
      const isTaken = tryPerson(control, person, () => {
        turn.fireTimers(state, person, now)
        if (standing === 'is-over') passOver(turn, state, person, call, now)
        else if (reason !== undefined) keepOut(turn, state, call, reason)
        else if (letIn(turn, state, person, given.has(id) ? { ...call, given: given.get(id) } : call, now)) used += 1
      })
      if (!isTaken) keepOut(turn, state, call, 'broken')
    }
    const isDone = standing !== 'halts' && looked === people.length && people.length < call.size
    const isOver = isDone || standing === 'halts' || (standing === 'sends' && used >= call.granted)
    if (isOver) turn.batch.sendTurns.push({ shard: state.shard, send: call.send, turn: call.turn, after, used, isDone })
    else appendSlice(turn, state, { ...call, after, used, size: grown(call.size) })
  },
  refused(call, control) {
    const { turn, state, prepared } = control
    narrow(control, call.size, prepared?.people?.[0] ?? null, (size, behind) => {
      if (behind !== null) keepOut(turn, state, call, 'broken')
      appendSlice(turn, state, { ...call, after: behind ?? call.after, size })
    })
  },
}

const ofNobody = { why: new Map<string, string>(), given: new Map<string, string>() }

// Who answered since the send began is asked once more at their turn; a handful of messages each, by the index of their person.
const SILENT = `
select c.profile_id as id, coalesce(c.why, case when exists (
  select from messages m where m.profile_id = c.profile_id and m.send_id = $4::text
    and (m.clicked_at is not null or ($5::text = 'not-opened' and m.opened_at is not null))
) then 'answered' end) as why,
  (select m.template from messages m where m.profile_id = c.profile_id and m.send_id = $4::text and m.sent_at is not null limit 1) as given
from campaign_people c where c.shard = $1::smallint and c.send_id = $2::text and c.profile_id > $3::uuid order by c.profile_id limit $6::int`

async function readSilentAfter(
  db: Db,
  asked: {
    readonly shard: number
    readonly send: string
    readonly after: string
    readonly size: number
    readonly of: string
    readonly to: ResendTo
  },
): Promise<{ id: string; why: string | null; given: string | null }[]> {
  const { rows } = await db.query<{ id: string; why: string | null; given: string | null }>({
    name: 'campaign-silent',
    text: SILENT,
    values: [asked.shard, asked.send, asked.after, asked.of, asked.to, asked.size],
  })
  return rows
}

async function readStanding(db: Db, send: string): Promise<Ready['standing']> {
  const { rows } = await db.query<{ state: string; halted: boolean }>({ name: 'campaign-standing', text: STANDING, values: [send] })
  const row = rows[0]
  if (row === undefined || row.state === 'cancelled' || row.state === 'undone') return 'is-over'
  return row.halted || row.state === 'paused' || row.state === 'waiting' ? 'halts' : 'sends'
}

function isReady(prepared: Prepared | undefined): prepared is Ready {
  return prepared !== undefined && 'standing' in prepared
}

/** @returns whether a message came about, or will by itself */
function letIn(turn: Turn, state: ShardState, person: Person, call: Call & { readonly given?: string | undefined }, now: number): boolean {
  const result = enterCampaign(profileOf(person), call, turn.context(state, person, now))
  turn.keep(state, person, result, 1)
  person.lastNow = now
  const { outcome } = result
  if (outcome === 'outside' && call.resend === null) return false
  count(turn, state, call.send, 'audience')
  count(turn, state, call.send, countedAs[outcome])
  return outcome === 'sent' || outcome === 'waits'
}

/** What stands in `campaign_counts` for it: whoever came in has a message, or a run that will say one. */
const countedAs: { readonly [K in SendOutcome]: string } = {
  outside: 'outside',
  excluded: 'excluded',
  repeated: 'repeated',
  late: 'late',
  'held-out': 'hold-out',
  held: 'entered',
  sent: 'entered',
  waits: 'entered',
}

/** Somebody who gets nothing: of a resend, because of what they did since, or because they could not be taken. */
function keepOut(turn: Turn, state: ShardState, call: Call, reason: string): void {
  count(turn, state, call.send, 'audience')
  count(turn, state, call.send, reason)
}

function passOver(turn: Turn, state: ShardState, person: Person, call: Call, now: number): void {
  if (call.resend === null && !isInCampaign(profileOf(person), call, turn.context(state, person, now))) return
  count(turn, state, call.send, 'audience')
  count(turn, state, call.send, 'cancelled')
}

export function count({ batch }: Turn, { shard }: ShardState, send: string, what: string, n = 1): void {
  countSend(batch, shard, send, what, n)
}

function appendSlice(turn: Turn, state: ShardState, call: Call): void {
  turn.append({
    shard: state.shard,
    lane: 1,
    profileId: FIRST,
    eventId: `throughline:campaign:${call.send}:${state.shard}:${call.turn}:${call.after ?? ''}${markOf(call.size)}`,
    source: 'throughline',
    type: 'control',
    name: 'campaign',
    occurredAt: null,
    properties: JSON.stringify(call),
    context: '{}',
    triggers: false,
    forwarded: false,
  })
}
