import { codesOfOrder } from '../../coupons/index.ts'
import { openControl, type ControlReader, type OpenedControl, type Prepared } from '../control/index.ts'
import type { InboxRow } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import type { Person } from './person.ts'
import type { Walk } from '../fill/walks.ts'
import { eventOf, forward, type Turn } from './turn.ts'
import { takeWalk } from './walk.ts'

/** What is taken in one turn: entries in order, and whose timers may be due. */
export interface Intake {
  readonly live: readonly InboxRow[]
  readonly bulk: readonly InboxRow[]
  readonly timers: readonly { readonly shard: number; readonly profile_id: string }[]
  /** Per shard, the instant below which every live entry is in `live` or has been taken before, epoch ms. */
  readonly barriers: ReadonlyMap<number, number>
  /** People whom a fill has come to. */
  readonly walks: readonly Walk[]
}

/** How many entries, timers and people are taken. */
export function sizeOf({ live, bulk, timers, walks }: Intake): number {
  return live.length + bulk.length + timers.length + walks.reduce((sum, { people }) => sum + Math.max(1, people.size), 0)
}

/** A control entry as it was found, or why it cannot be taken. */
type Opened = { readonly control: OpenedControl; readonly prepared: Prepared } | { readonly broken: unknown }

/** Reads what control entries need before their turn, and says which people have to be loaded. */
export async function prepareIntake(
  intake: Intake,
  states: ReadonlyMap<number, ShardState>,
  reader: ControlReader,
  isFatal: (error: unknown) => boolean,
): Promise<{ entries: Map<InboxRow, Opened>; people: Set<string> }> {
  const people = new Set<string>()
  const entries = new Map<InboxRow, Opened>()
  for (const timer of intake.timers) people.add(timer.profile_id)
  for (const walk of intake.walks) for (const id of walk.people.keys()) people.add(id)
  // Side by side: what each reads comes back in one flight.
  async function open(row: InboxRow): Promise<void> {
    try {
      const control = openControl(row)
      const prepared = await control.prepare(row, states.get(row.shard)!, reader)
      if (control.about === 'person') people.add(row.profile_id)
      for (const id of prepared.people ?? []) people.add(id)
      entries.set(row, { control, prepared })
    } catch (error) {
      if (isFatal(error)) throw error
      entries.set(row, { broken: error })
    }
  }
  const opening: Promise<void>[] = []
  for (const rows of [intake.live, intake.bulk]) {
    for (const row of rows) {
      if (row.type === 'control') opening.push(open(row))
      else people.add(row.profile_id)
    }
  }
  await Promise.all(opening)
  return { entries, people }
}

/**
 * Takes everything of an intake, shard by shard as it comes: live entries in order, each after the timers of its person
 * that were due before it; then the timers below the shard's barrier; then bulk entries and the people of a fill, at the shard's time. People
 * must be loaded. An entry that the engine cannot take is parked, and the next one goes on from the state before it.
 */
export function takeIntake(
  turn: Turn,
  intake: Intake,
  entries: ReadonlyMap<InboxRow, Opened>,
  states: ReadonlyMap<number, ShardState>,
  parkOnly: boolean,
): void {
  for (const row of intake.live) {
    const state = states.get(row.shard)!
    const move = turn.move(state)
    const now = Math.max(row.received_at, state.clock)
    takeOne(turn, state, row, entries.get(row), now, parkOnly)
    state.liveSeq = move.toLive = row.seq
    state.clock = move.clock = now
    turn.batch.inputs.live++
    if (row.received_at < turn.batch.oldest) turn.batch.oldest = row.received_at
  }
  for (const { shard, profile_id } of intake.timers) {
    const state = states.get(shard)!
    const barrier = intake.barriers.get(shard)
    const person = turn.people.get(profile_id)
    if (barrier === undefined || person.timer === null || person.timer >= barrier) continue
    const move = turn.move(state)
    const due = person.timer
    if (person.mergedInto !== null || !person.stored) turn.setTimer(state, person, null)
    else turn.fireTimers(state, person, parkOnly ? due : barrier)
    if (parkOnly) turn.setTimer(state, person, barrier + 3_600_000)
    state.clock = move.clock = Math.max(state.clock, due)
  }
  for (const row of intake.bulk) {
    const state = states.get(row.shard)!
    const barrier = intake.barriers.get(row.shard)
    if (barrier === undefined) continue
    const move = turn.move(state)
    const now = Math.max(barrier, state.clock)
    takeOne(turn, state, row, entries.get(row), now, parkOnly)
    state.bulkSeq = move.toBulk = row.seq
    state.bulkReceivedAt = row.received_at
    state.clock = move.clock = now
    turn.batch.inputs.bulk++
    turn.batch.inputs.bulkWeight += weightOf(row)
  }
  for (const walk of intake.walks) takeWalk(turn, walk, intake.barriers.get(walk.slice.state.shard)!, parkOnly)
}

/** What one slice of people looked at again weighs, in entries. */
const SLICES: ReadonlySet<string> = new Set(['reconsider', 'audience', 'campaign', 'move-people'])
const RECONSIDER_WEIGHT = 20
/** And one of a campaign, in which a message comes about for each of fifty people. */
const CAMPAIGN_WEIGHT = 100

/** How many entries one weighs, by the work that it makes. */
export function weightOf({ type, name }: InboxRow): number {
  if (type !== 'control') return 1
  return name === 'campaign' ? CAMPAIGN_WEIGHT : SLICES.has(name) ? RECONSIDER_WEIGHT : 1
}

function takeOne(turn: Turn, state: ShardState, row: InboxRow, entry: Opened | undefined, now: number, parkOnly: boolean): void {
  try {
    if (parkOnly) return refuse(turn, state, row, entry, now)
    if (row.type === 'control') takeControl(turn, state, row, entry, now)
    else takeEvent(turn, state, row, now)
  } catch (error) {
    turn.park(row, error)
  }
}

/** A slice of people goes on in smaller ones; anything else is put aside. */
function refuse(turn: Turn, state: ShardState, row: InboxRow, entry: Opened | undefined, now: number): void {
  const isDone = entry !== undefined && 'control' in entry && entry.control.refused({ turn, state, row, now, prepared: entry.prepared })
  if (!isDone) throw new Error('The database refused what followed from this entry.')
}

function takeControl(turn: Turn, state: ShardState, row: InboxRow, entry: Opened | undefined, now: number): void {
  if (entry === undefined) throw new Error('The control entry was not prepared.')
  if ('broken' in entry) throw entry.broken
  const { control, prepared } = entry
  const call = { turn, state, row, now, prepared }
  if (control.about === 'shard') return control.take(call, null)
  const person = personFor(turn, row)
  if (person.mergedInto !== null && !control.staysWithTombstone(row)) forward(turn, row, person)
  else control.take(call, person)
}

function takeEvent(turn: Turn, state: ShardState, row: InboxRow, now: number): void {
  const person = personFor(turn, row)
  if (person.mergedInto !== null) return forward(turn, row, person)
  for (const code of codesOfOrder(row.name, row.properties))
    turn.batch.couponUses.push({ shard: person.shard, profileId: person.id, code, at: row.occurred_at })
  turn.fireTimers(state, person, now)
  const isNew = !person.stored
  if (!isNew && !turn.definitions(state.definitionsEpoch).concerns(row.name)) return
  turn.advance(
    state,
    person,
    { kind: 'event', event: eventOf(row, turn.definitions(state.definitionsEpoch).readsContext) },
    now,
    row.lane === 1 ? 1 : 0,
  )
  if (isNew) turn.touch(person)
}

function personFor(turn: Turn, row: InboxRow): Person {
  const person = turn.people.get(row.profile_id)
  if (!person.stored && person.createdAt === 0) person.createdAt = row.received_at
  return person
}
