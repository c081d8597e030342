import { channelKindSchema, eventNames, ownSource, type ChannelKind, type Event, type JsonObject } from '@throughline/contracts'
import { adoptLeaves, advance, answerEntry, answerStep, enterAudience, foldProfile } from '../advance/index.ts'
import { lookInside } from '../definitions/index.ts'
import { isShopRequest } from '../journeys/index.ts'
import type { Effect, MessageEffect } from '../effects.ts'
import type { Advance, AdvanceContext, Input } from '../ports.ts'
import type { RehearsalPlan } from './plan.ts'
import { isUnshown } from './unshown.ts'

/** One thing that would have happened, at an instant in epoch ms. */
export type RehearsalMoment =
  /** By an event of this name; `null`: by time alone. */
  | { readonly kind: 'entered'; readonly at: number; readonly by: string | null }
  | { readonly kind: 'waiting'; readonly at: number; readonly step: string; readonly until: number | null }
  | { readonly kind: 'passed'; readonly at: number; readonly edge: string }
  | {
      readonly kind: 'message'
      readonly at: number
      readonly step: string
      readonly channel: ChannelKind
      /** The rule that held it back; `null`: it would have been sent. */
      readonly heldBy: string | null
      readonly reason: string
    }
  /** It waits for its time. */
  | {
      readonly kind: 'delayed'
      readonly at: number
      readonly step: string
      readonly channel: ChannelKind
      readonly rule: string
      readonly reason: string
    }
  /** `goal` is its name where the journey has several. */
  | { readonly kind: 'goal'; readonly at: number; readonly goal?: string }
  | { readonly kind: 'left'; readonly at: number; readonly reason: string }

/** What a draft would have done with one person. */
export interface PersonRehearsal {
  readonly moments: readonly RehearsalMoment[]
  /** The steps at which their runs stand at the end of the window. */
  readonly inside: readonly string[]
  /** The pools out of which they would have been given codes, one entry for each code. */
  readonly codes: readonly string[]
  /** What the shop's people would have had to do: whose, and when it came to them. */
  readonly tasks: readonly { readonly assignee: string; readonly at: number }[]
}

/** Events of one person, and what their timer and the journey make of them, that are lived through; a program that calls itself a person has more. */
export const mostOfOnePerson = 10_000

/** Somebody did, or would have had done to them, more than {@link mostOfOnePerson}. */
export class TooMuchForOnePerson extends Error {}

const noneIsPending: ReadonlySet<string> = new Set()

/**
 * Lets one person live through their history with the draft in force from the beginning of the window on; what was before it
 * is only known. Every event counts at the instant at which it happened, imported ones too. What would be sent counts as
 * sent and delivered, and nobody answers it, which is not held against a channel where their order is learned.
 * @param events of this person, by the plan's names, in any order
 * @param hasRoom whether one more may come in on a day of the calendar, where so many do over everybody
 * @returns `null` when they would not have entered
 * @throws TooMuchForOnePerson when it would take too long to go through all that they did
 */
export function rehearsePerson(
  id: string,
  events: readonly Event[],
  plan: RehearsalPlan,
  hasRoom: (day: number, most: number) => boolean,
): PersonRehearsal | null {
  if (events.length > mostOfOnePerson) throw new TooMuchForOnePerson()
  const { since, until } = plan.window
  const compiled = lookInside(plan.definitions)
  const derived = new Set(compiled.segments.map((segment) => segment.id))
  const inOrder = events
    .filter((event) => happenedAt(event) < until)
    .sort((a, b) => happenedAt(a) - happenedAt(b) || a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1))
  const first = inOrder.findIndex((event) => happenedAt(event) >= since)
  const before = first === -1 ? inOrder : inOrder.slice(0, first)
  const within = first === -1 ? [] : inOrder.slice(first)

  const moments: RehearsalMoment[] = []
  const codes = new Map<string, string>()
  const tasks: { assignee: string; at: number }[] = []
  const context = (now: number): AdvanceContext => ({ definitions: plan.definitions, now, pending: noneIsPending })
  const createdAt = inOrder[0] === undefined ? since : Math.min(since, happenedAt(inOrder[0]))
  let profile = foldProfile(id, createdAt, before, plan)
  let due: number | null = null

  let taken = 0
  const take = (input: Input, now: number): void => {
    if (++taken > mostOfOnePerson) throw new TooMuchForOnePerson()
    keep(advance(profile, input, context(now)), now, input.kind === 'event' ? nameOf(input.event, plan.journey) : null)
  }
  const keep = (answer: Advance, now: number, by: string | null): void => {
    profile = answer.profile
    due = answer.nextTimerAt
    note(moments, answer.effects, now, plan.journey, by)
    for (const effect of answer.effects) {
      if (effect.kind === 'message' && effect.decision.kind === 'send')
        for (const name of [eventNames.messageSent, eventNames.messageDelivered])
          if (name === eventNames.messageSent || plan.definitions.concerns(name))
            take({ kind: 'event', event: outcomeOf(effect, name, now) }, now)
      if (effect.kind === 'task' && effect.journey === plan.journey) tasks.push({ assignee: effect.assignee, at: effect.at })
      // Nobody is asked in a rehearsal: all go on as if it had answered, with nothing that is kept of it.
      if (effect.kind === 'ask') keep(answerStep(profile, { ...effect, ok: true, fields: {} }, context(now)), now, by)
      if (effect.kind === 'coupon') {
        if (effect.journey === plan.journey) codes.set(`${effect.pool} ${effect.per === 'person' ? '' : effect.run}`, effect.pool)
        keep(answerStep(profile, { ...effect, ok: true, fields: { code: 'EXAMPLE' } }, context(now)), now, by)
      }
      if (effect.kind === 'entry-request') {
        // How many come into other journeys nobody counts here.
        const room = effect.journey !== plan.journey || hasRoom(effect.day, effect.most)
        keep(answerEntry(profile, { run: effect.run, hasRoom: room }, context(now)), now, by)
      }
    }
  }
  const pass = (to: number): void => {
    while (due !== null && due < to) take({ kind: 'timer' }, Math.max(due, since))
  }
  // Whoever is found in a segment by the reading of history enters with the publication, where the draft asks for that.
  keep(adoptLeaves(profile, {}, context(since)), since, null)
  const audiences = [...plan.audiences]
  const callAudiences = (before: number): void => {
    for (let call = audiences[0]; call !== undefined && call.at < before; call = audiences[0]) {
      audiences.shift()
      pass(call.at)
      keep(enterAudience(profile, call, context(call.at)), call.at, null)
    }
  }
  for (const event of within) {
    if (isOwnDoing(event, plan.running, derived)) continue
    const at = happenedAt(event)
    callAudiences(at)
    pass(at)
    const { context, properties } = event
    take({ kind: 'event', event: { ...event, context, properties, receivedAt: at, timestamp: at, triggers: true } }, at)
  }
  callAudiences(until)
  pass(until)
  return moments.length === 0
    ? null
    : {
        moments,
        inside: profile.runs.filter(({ journey }) => journey === plan.journey).map(({ step }) => step),
        codes: [...codes.values()],
        tasks,
      }
}

/** What somebody came in by: an event of the shop goes by its own name. */
function nameOf({ name, properties }: Event, journey: string): string {
  return isShopRequest({ name, properties }, journey) ? String(properties.event) : name
}

function happenedAt({ timestamp, receivedAt }: Event): number {
  return Math.min(timestamp, receivedAt)
}

/** What the rehearsal concludes by itself, and what came of its journeys as they really ran. */
function isOwnDoing(event: Event, running: ReadonlySet<string>, segments: ReadonlySet<string>): boolean {
  const { type, name } = event
  if (name === eventNames.journeyRequested || (type !== 'fact' && type !== 'outcome')) return false
  const { properties } = event
  if (running.has(String(properties.journey))) return true
  return (name === eventNames.segmentEntered || name === eventNames.segmentLeft) && segments.has(String(properties.segment))
}

function note(moments: RehearsalMoment[], effects: readonly Effect[], now: number, journey: string, by: string | null): void {
  for (const effect of effects) {
    if (isUnshown(effect)) continue
    switch (effect.kind) {
      case 'edge':
        if (effect.journey === journey) moments.push({ kind: 'passed', at: now, edge: effect.edge })
        break
      case 'message':
        if (effect.journey !== journey) break
        moments.push({
          kind: 'message',
          at: effect.at,
          step: effect.step,
          channel: effect.channel,
          heldBy: effect.decision.kind === 'hold' ? effect.decision.rule : null,
          reason: effect.reason,
        })
        break
      case 'run-at':
        if (effect.run.journey !== journey) break
        moments.push({ kind: 'waiting', at: effect.run.since, step: effect.run.step, until: effect.run.wakesAt ?? null })
        break
      case 'run-over':
        if (effect.journey !== journey) break
        moments.push({ kind: 'left', at: now, reason: effect.reason })
        break
      case 'fact':
        if (effect.properties.journey !== journey) break
        if (effect.name === eventNames.journeyEntered) moments.push({ kind: 'entered', at: effect.at, by })
        if (effect.name === eventNames.messageDelayed) moments.push(delayOf(effect.properties, effect.at))
        if (effect.name === eventNames.goalReached) {
          const { goal } = effect.properties
          moments.push({ kind: 'goal', at: effect.at, ...(typeof goal === 'string' && { goal }) })
        }
        break
      // Held apart from the moments.
      case 'task':
        break
      default:
        effect satisfies never
    }
  }
}

function outcomeOf(message: MessageEffect, name: string, at: number): Event {
  const { channel, template, journey, step } = message
  return {
    id: `${ownSource}:rehearsed:${message.id}:${name}`,
    type: 'outcome',
    name,
    timestamp: at,
    receivedAt: at,
    properties: { message_id: message.id, channel, template, journey, step, rehearsed: true },
    context: {},
    source: ownSource,
    lane: 0,
    triggers: true,
  }
}

function delayOf({ step, channel, rule, reason }: JsonObject, at: number): RehearsalMoment {
  return { kind: 'delayed', at, step: String(step), channel: channelKindSchema.parse(channel), rule: String(rule), reason: String(reason) }
}
