import { lanes, shardOf, type ChannelKind, type Event, type EventType, type JsonObject, type Lane } from '@throughline/contracts'
import {
  advance,
  type Advance,
  type AdvanceContext,
  type CompiledDefinitions,
  type Effect,
  type Input,
  type MessageEffect,
  type Run,
} from '@throughline/engine'
import { mayBeCalledBack, toMessageRow } from '../../channels/index.ts'
import { PipelineError } from '../errors.ts'
import type { InboxRow } from '../read.ts'
import { pendingFor, type ShardState } from '../shard-state.ts'
import { emptyBatch, type Append, type Batch, type ShardMove } from './batch.ts'
import type { People } from './people.ts'
import { forgotten, profileOf, type Person } from './person.ts'

/** How often a person's timer may fire in one turn without moving on in time, before it counts as broken. */
const TIMER_ROUNDS = 100
/** A marketing message decided so long after its instant is not handed over at once: its shard may be behind (see sender/claim.ts). */
const LATE_MS = 2_000
/** How long a timer that the engine cannot take is put off. */
const PARKED_TIMER_MS = 3_600_000

/** One batch in the making: what the engine says is collected here, and written by commit.ts. */
export interface Turn {
  readonly batch: Batch
  readonly people: People
  /** The move of a shard in this batch, begun on first use. */
  move(state: ShardState): ShardMove
  definitions(epoch: number): CompiledDefinitions
  /** Takes the person's own due timers before this instant, each at its own instant. */
  fireTimers(state: ShardState, person: Person, before: number): void
  /** Hands an input to the engine and keeps what follows. */
  advance(state: ShardState, person: Person, input: Input, now: number, lane: 0 | 1): void
  /** Keeps a result of the engine. */
  keep(state: ShardState, person: Person, result: Advance, lane: 0 | 1): void
  setTimer(state: ShardState, person: Person, at: number | null): void
  touch(person: Person): void
  /** Keeps effects of the engine that belong to no advance of the person. */
  write(person: Person, effects: readonly Effect[], lane: 0 | 1): void
  context(state: ShardState, person: Person, now: number): AdvanceContext
  append(entry: Append): void
  /** Puts aside what could not be done with somebody when an instant had come, for the given reason. */
  parkMoment(person: Person, what: 'timer' | 'fill', at: number, error: unknown): void
  /** Puts an entry aside, or of the people whom it is about this one alone. */
  park(entry: InboxRow, error: unknown, person?: string): void
}

/** Counts what a send meant for people. */
export function countSend(batch: Batch, shard: number, send: string, what: string, n = 1): void {
  const key = `${shard} ${what} ${send}`
  const found = batch.sendCounts.get(key)
  if (found !== undefined) found.n += n
  else batch.sendCounts.set(key, { shard, send, what, n })
}

export function makeTurn(options: {
  worker: string
  /** The database's clock, epoch ms. */
  clock: number
  people: People
  /** Why addresses of this batch are to get nothing, see `AdvanceContext`. */
  suppressions: ReadonlyMap<string, string>
  definitions(epoch: number): CompiledDefinitions
  /** How many messages of bulk the sender of this worker could take now. */
  bulkRoom(channel: ChannelKind): number
  onBroken(error: unknown, what: object): void
}): Turn {
  const batch = emptyBatch()
  const room = new Map<ChannelKind, number>()

  function touch(person: Person): void {
    batch.people.set(person.id, person)
    if (!person.stored) batch.born.add(person.id)
    person.stored = true
  }

  function setTimer(state: ShardState, person: Person, at: number | null): void {
    if (at === person.timer) return
    person.timer = at
    batch.timers.set(person.id, person)
    if (at !== null && at < state.nextTimerAt) state.nextTimerAt = at
  }

  function keep(state: ShardState, person: Person, result: Advance, lane: 0 | 1): void {
    if (result.profile !== person.profile) {
      person.profile = result.profile
      touch(person)
      state.touched?.add(person.id)
    }
    setTimer(state, person, result.nextTimerAt)
    write(person, result.effects, lane)
  }

  function write(person: Person, effects: readonly Effect[], lane: 0 | 1): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'message':
          batch.messages.push(toMessageRow(effect, { profileId: person.id, lane, ...handOver(effect, lane) }))
          if (effect.send !== undefined && effect.decision.kind === 'hold')
            countSend(batch, person.shard, effect.send, `held:${effect.decision.rule}`)
          break
        case 'fact':
          batch.facts.push({
            shard: person.shard,
            profileId: person.id,
            id: effect.id,
            name: effect.name,
            at: effect.at,
            properties: effect.properties,
          })
          break
        case 'edge':
          countEdge(person.shard, effect, effect.edge)
          break
        case 'count':
          countEdge(person.shard, effect, effect.what)
          break
        case 'run-at':
          putRun(person, effect.run.id, effect.run)
          break
        case 'run-over':
          putRun(person, effect.run, null)
          break
        case 'unsend':
          unsend(person, effect)
          break
        case 'entry-request': {
          const { run, journey, day, most } = effect
          batch.entryRequests.push({ shard: person.shard, profileId: person.id, run, journey, day, most })
          break
        }
        case 'segment':
          countSegment(person.shard, effect.segment, effect.change)
          break
        case 'ask': {
          const { id, run, step, template, templateVersion, variables, keep, at, until } = effect
          const call = { id, run, step, template, templateVersion, variables, keep, at: Math.floor(at), until: Math.floor(until) }
          batch.stepRequests.push({ shard: person.shard, profileId: person.id, ...call })
          break
        }
        case 'coupon': {
          const { id, run, step, journey, pool, per, at, until } = effect
          const asked = { id, run, step, journey, pool, perRun: per === 'run', at: Math.floor(at), until: Math.floor(until) }
          batch.couponRequests.push({ shard: person.shard, profileId: person.id, ...asked })
          break
        }
        case 'task': {
          const { kind: _, ...task } = effect
          batch.tasks.push({ shard: person.shard, profileId: person.id, ...task })
          break
        }
        case 'list': {
          const { list, joined, at } = effect
          batch.lists.push({ shard: person.shard, profileId: person.id, list, joined, at: Math.floor(at) })
          break
        }
        case 'consent': {
          const { channel, topic, state, source, at } = effect
          batch.consents.push({ shard: person.shard, profileId: person.id, channel, topic, state, source, at: Math.floor(at) })
          break
        }
        default:
          effect satisfies never
      }
    }
  }

  // What may be called back by something that has come in and not been heard yet waits until it has been.
  function handOver(effect: MessageEffect, lane: 0 | 1): { worker: string | null; dueAt?: number } {
    const late = effect.purpose === 'marketing' && options.clock - effect.at > LATE_MS
    if (late) return { worker: null, dueAt: options.clock }
    return { worker: lane === lanes.live || takeRoom(effect) ? options.worker : null }
  }

  // Of bulk no more than this worker's sender has room for; the others are claimed by and by, by whoever has.
  function takeRoom({ channel, decision }: MessageEffect): boolean {
    if (decision.kind !== 'send') return false
    const left = room.get(channel) ?? options.bulkRoom(channel)
    room.set(channel, left - 1)
    return left > 0
  }

  // What stands in the table is called back in the transaction, before what this batch decided is written.
  function unsend(person: Person, { journey, since, run, reason }: Extract<Effect, { kind: 'unsend' }>): void {
    batch.unsent.push({ shard: person.shard, profileId: person.id, journey, since, onlyRun: run, reason })
    batch.messages.forEach((row, index) => {
      const isMeant = row.profileId === person.id && row.journey === journey && row.createdAt >= since && (run ?? row.run) === row.run
      if (isMeant && mayBeCalledBack(row)) batch.messages[index] = { ...row, calledBack: reason }
    })
  }

  function putRun(person: Person, id: string, run: Run | null): void {
    batch.runs.set(`${person.id} ${id}`, { shard: person.shard, profileId: person.id, id, run })
  }

  function countEdge(shard: number, { journey, version }: { readonly journey: string; readonly version: number }, edge: string): void {
    const key = `${shard} ${version} ${journey} ${edge}`
    const count = batch.edges.get(key)
    if (count) count.n++
    else batch.edges.set(key, { shard, journey, version, edge, n: 1 })
  }

  function countSegment(shard: number, segment: string, change: number): void {
    const key = `${shard} ${segment}`
    const count = batch.segments.get(key)
    if (count) count.n += change
    else batch.segments.set(key, { shard, segment, n: change })
  }

  function context(state: ShardState, person: Person, now: number): AdvanceContext {
    const { suppressions } = options
    return { definitions: options.definitions(state.definitionsEpoch), now, pending: pendingFor(state, person.id), suppressions }
  }

  function advanceBy(state: ShardState, person: Person, input: Input, now: number, lane: 0 | 1): void {
    keep(state, person, advance(profileOf(person), input, context(state, person, now)), lane)
    person.lastNow = now
  }

  function parkMoment(person: Person, what: 'timer' | 'fill', at: number, error: unknown): void {
    options.onBroken(error, { profile: person.id, [what]: at })
    batch.parked.push({
      source: 'throughline',
      name: what,
      messageId: `${person.id}:${at}`,
      at: Math.max(at, person.lastNow),
      message: messageOf(error),
      raw: JSON.stringify({ profile: person.id, due_at: at }),
    })
  }

  return {
    batch,
    parkMoment,
    people: options.people,
    definitions: options.definitions,
    setTimer,
    touch,
    keep,
    write,
    context,
    advance: advanceBy,
    move(state) {
      let move = batch.moves.get(state.shard)
      if (!move) {
        move = {
          shard: state.shard,
          epoch: state.epoch,
          fromLive: state.liveSeq,
          fromBulk: state.bulkSeq,
          toLive: state.liveSeq,
          toBulk: state.bulkSeq,
          derivedSeq: state.derivedSeq,
          clock: state.clock,
          definitionsEpoch: state.definitionsEpoch,
        }
        batch.moves.set(state.shard, move)
      }
      return move
    },
    fireTimers(state, person, before) {
      for (let rounds = 0; person.timer !== null && person.timer < before; rounds++) {
        const due = person.timer
        const now = Math.max(due, person.lastNow)
        batch.inputs.timers++
        try {
          if (rounds > TIMER_ROUNDS)
            throw new PipelineError(
              'timer_loop',
              `The timer of profile ${person.id} was set again to ${due} after it had fired ${rounds} times.`,
            )
          advanceBy(state, person, { kind: 'timer' }, now, 0)
        } catch (error) {
          parkMoment(person, 'timer', due, error)
          setTimer(state, person, Math.max(before, now) + PARKED_TIMER_MS)
        }
      }
    },
    append: (entry) => void batch.appends.push(entry),
    park(entry, error, person) {
      const profile = person ?? entry.profile_id
      const id = entry.event_id.slice(entry.source.length + 1)
      options.onBroken(error, { profile, event: entry.event_id, name: entry.name, shard: entry.shard, seq: entry.seq })
      batch.parked.push({
        source: entry.source,
        name: entry.name,
        messageId: person === undefined ? id : `${id}:${person}`,
        at: entry.received_at,
        message: messageOf(error),
        raw: JSON.stringify({
          profile,
          type: entry.type,
          name: entry.name,
          timestamp: entry.occurred_at,
          properties: entry.properties,
          context: entry.context,
        }),
      })
    },
  }
}

const noContext: JsonObject = {}

/**
 * The engine's form of an inbox row. Unless a condition reads more of the context, the engine looks at its traits alone: one
 * that holds none is not parsed then.
 */
export function eventOf(row: InboxRow, readsContext: boolean): Event {
  const { context } = row
  const event: Event = {
    id: row.event_id,
    type: row.type as EventType,
    name: row.name,
    timestamp: row.occurred_at,
    receivedAt: row.received_at,
    properties: JSON.parse(row.properties) as JsonObject,
    context: readsContext || context.includes('"traits"') ? (JSON.parse(context) as JsonObject) : noContext,
    source: row.source,
    lane: row.lane as Lane,
    triggers: row.triggers,
  }
  // What is sent on and may trigger nothing was accepted before the merge: whatever comes later is the winner's from the start.
  return row.forwarded && !row.triggers ? { ...event, merged: true } : event
}

/** Sends an entry on to the profile that its own was merged into; one for somebody who was forgotten is dropped, and deleted. */
export function forward(turn: Turn, row: InboxRow, person: Person): void {
  const to = person.mergedInto
  if (to === null) throw new Error(`Profile ${person.id} is no tombstone`)
  if (to === forgotten) return void turn.batch.dropped.push({ shard: row.shard, lane: row.lane, seq: row.seq, receivedAt: row.received_at })
  turn.append({
    shard: shardOf(to),
    lane: row.lane === 1 ? 1 : 0,
    profileId: to,
    eventId: row.event_id,
    source: row.source,
    type: row.type,
    name: row.name,
    occurredAt: row.occurred_at,
    properties: row.properties,
    context: row.context,
    triggers: row.triggers && row.received_at >= (person.mergedAt ?? 0),
    forwarded: true,
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
