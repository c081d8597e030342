import {
  channelKindSchema,
  eventNames,
  formPlaces,
  ownSource,
  reentryOf,
  startsOf,
  valueAt,
  type ChannelKind,
  type Event,
  type JourneyDefinition,
  type Json,
  type JsonObject,
} from '@throughline/contracts'
import { adoptLeaves, advance, answerEntry, answerStep } from '../advance/index.ts'
import type { Effect } from '../effects.ts'
import { describeStep, formEventOf, hearsAnything, waysOf, waysOutOf } from '../journeys/index.ts'
import type { Advance, AdvanceContext, Input } from '../ports.ts'
import { gate, type ProfileState } from '../profile.ts'
import { mostOfOnePerson, TooMuchForOnePerson } from './person.ts'
import type { RehearsalPlan } from './plan.ts'
import { isUnshown } from './unshown.ts'

/** One thing that happened in a test run, by its own clock, epoch ms. */
export type TestMoment =
  /** Somebody made it happen. */
  | { readonly kind: 'heard'; readonly at: number; readonly event: string }
  | { readonly kind: 'entered'; readonly at: number }
  | { readonly kind: 'stands'; readonly at: number; readonly step: string; readonly until: number | null }
  /** It took a way; `because` of what, in words. */
  | { readonly kind: 'passed'; readonly at: number; readonly step: string; readonly edge: string; readonly because: string }
  | {
      readonly kind: 'message'
      readonly at: number
      readonly step: string
      readonly id: string
      readonly channel: ChannelKind
      readonly template: string
      readonly templateVersion: number
      /** The rule that held it back; null: it would have been sent. */
      readonly heldBy: string | null
      readonly reason: string
      /** Of the person at that instant, and what the template sees besides. */
      readonly traits: JsonObject
      readonly variables: JsonObject
    }
  | { readonly kind: 'delayed'; readonly at: number; readonly step: string; readonly channel: ChannelKind; readonly reason: string }
  /** What a step asks outside: it was answered as the test says, and nobody was asked. */
  | { readonly kind: 'asked'; readonly at: number; readonly step: string; readonly ok: boolean }
  /** A task for the shop's people, its texts as the step has them; traits of the person at that instant, and what the texts see besides. */
  | {
      readonly kind: 'task'
      readonly at: number
      readonly step: string
      readonly title: string
      readonly text: string
      readonly assignee: string
      readonly dueAt: number | null
      readonly email: boolean
      readonly traits: JsonObject
      readonly variables: JsonObject
    }
  /** What a step did, as a fact of this name. */
  | { readonly kind: 'did'; readonly at: number; readonly step: string; readonly event: string; readonly properties: JsonObject }
  | { readonly kind: 'goal'; readonly at: number; readonly name: string }
  | { readonly kind: 'left'; readonly at: number; readonly reason: string }

/** Something that the tester makes happen; with `message`, to the message of this id. */
export interface TestHappening {
  readonly at: number
  readonly event: string
  readonly properties: JsonObject
  readonly message?: string | undefined
}

export interface TestRequest {
  readonly plan: RehearsalPlan
  /** The draft as {@link openForTest} gave it to the plan. */
  readonly journey: JourneyDefinition
  readonly profile: ProfileState
  readonly startedAt: number
  /** By which of its entries they come in, and what its event says. */
  readonly entry: { readonly index: number; readonly properties: JsonObject }
  readonly happenings: readonly TestHappening[]
  /** What steps that ask outside are told: fields that are kept, or null for no answer; where nothing stands, they are answered with nothing. */
  readonly answers: { readonly [step: string]: JsonObject | null }
  /** Time passes up to then, epoch ms. */
  readonly until: number
}

export interface TestRun {
  readonly moments: readonly TestMoment[]
  /** Where they stand; null: they are out, or never came in. */
  readonly standing: { readonly step: string; readonly since: number; readonly until: number | null; readonly listens: boolean } | null
  /** Why they did not come in; null: they did. */
  readonly outside: string | null
}

/** The draft as a test runs it: it is open whatever the date, and somebody may come in although no event of theirs starts it. */
export function openForTest(journey: JourneyDefinition): JourneyDefinition {
  const { entry: _, opens: __, closes: ___, ...rest } = journey
  return { ...rest, reentry: reentryOf(journey), entries: [...startsOf(journey), { kind: 'api' }] }
}

const none: ReadonlySet<string> = new Set()

/**
 * One person goes through a draft, by a clock of its own. The same request gives the same run: time passes, and something is made to happen, by asking
 * again with more. Nothing is written, sent or called.
 * @throws TooMuchForOnePerson when it goes on and on
 */
export function testRun(request: TestRequest): TestRun {
  const { plan, journey, startedAt, answers, until } = request
  const moments: TestMoment[] = []
  // Whether they may come in again is for the real journey to say.
  let profile: ProfileState = { ...request.profile, entries: {}, runs: [] }
  let due: number | null = null
  let taken = 0
  const context = (now: number): AdvanceContext => ({ definitions: plan.definitions, now, pending: none })
  const take = (input: Input, now: number): void => {
    if (++taken > mostOfOnePerson / 5) throw new TooMuchForOnePerson()
    keep(advance(profile, input, context(now)), now)
  }
  const keep = (answer: Advance, now: number): void => {
    profile = answer.profile
    due = answer.nextTimerAt
    for (const effect of answer.effects) note(moments, effect, now, journey, profile)
    for (const effect of answer.effects) {
      if (effect.kind === 'message' && effect.decision.kind === 'send')
        for (const name of [eventNames.messageSent, eventNames.messageDelivered])
          take(
            { kind: 'event', event: eventOf({ at: now, event: name, properties: {}, message: effect.id }, moments, `own-${taken}`) },
            now,
          )
      if (effect.kind === 'ask' || effect.kind === 'coupon') {
        const answered = answers[effect.step]
        const ok = answered !== null
        const fields = { ...(effect.kind === 'coupon' && { code: 'EXAMPLE' }), ...answered }
        moments.push({ kind: 'asked', at: now, step: effect.step, ok })
        keep(
          answerStep(profile, { ...effect, ok, fields: ok ? fields : {}, ...(!ok && { reason: 'the test says so' }) }, context(now)),
          now,
        )
      }
      if (effect.kind === 'entry-request') keep(answerEntry(profile, { run: effect.run, hasRoom: true }, context(now)), now)
    }
  }
  const pass = (to: number): void => {
    while (due !== null && due <= to) take({ kind: 'timer' }, Math.max(due, startedAt))
  }
  keep(adoptLeaves(profile, {}, context(startedAt)), startedAt)
  take({ kind: 'event', event: eventOf(entryOf(request), moments, 'entry') }, startedAt)
  const came = moments.some(({ kind }) => kind === 'entered')
  for (const [index, happening] of request.happenings.entries()) {
    pass(happening.at)
    moments.push({ kind: 'heard', at: happening.at, event: happening.event })
    take({ kind: 'event', event: eventOf(happening, moments, String(index)) }, happening.at)
  }
  pass(until)
  const run = profile.runs.find((one) => one.journey === journey.id && one.step !== gate)
  const step = run === undefined ? undefined : journey.steps[run.step]
  return {
    moments,
    standing:
      run === undefined || step === undefined
        ? null
        : { step: run.step, since: run.since, until: run.wakesAt ?? null, listens: hearsAnything(step) },
    outside: came ? null : whyOutside(request),
  }
}

function entryOf({ journey, entry: { index, properties }, startedAt: at }: TestRequest): TestHappening {
  const entry = startsOf(journey)[index]
  if (entry?.kind === 'event') return { at, event: entry.on.event, properties }
  if (entry?.kind === 'form') return { at, event: formEventOf(entry), properties: { ...properties, [formPlaces.form]: entry.form } }
  return { at, event: eventNames.journeyRequested, properties: { journey: journey.id, by: 'api', properties } }
}

function whyOutside({ journey, entry: { index, properties } }: TestRequest): string {
  const { key } = journey
  if (key !== undefined && (valueAt(properties, key) ?? null) === null)
    return `What starts it does not name ${key}, by which runs are told apart.`
  const entry = startsOf(journey)[index]
  if (entry?.if !== undefined) return 'The condition of the entry does not hold for them, or something that ends the journey holds already.'
  const where = entry?.kind === 'event' ? entry.on.where : entry?.kind === 'form' ? entry.where : []
  if ((where ?? []).length > 0)
    return 'What the event says is not what the entry asks for, or something that ends the journey holds already.'
  return 'Something that ends the journey holds for them already.'
}

function eventOf({ at, event: name, properties, message }: TestHappening, moments: readonly TestMoment[], id: string): Event {
  const said = moments.find((one) => one.kind === 'message' && one.id === message)
  const about: JsonObject =
    said?.kind === 'message' ? { message_id: said.id, channel: said.channel, template: said.template, step: said.step } : {}
  const isOwn = message !== undefined || name === eventNames.journeyRequested || name === eventNames.formConfirmed
  return {
    id: `${isOwn ? ownSource : 'test'}:test-${id}`,
    type: message === undefined ? 'track' : 'outcome',
    name,
    timestamp: at,
    receivedAt: at,
    properties: { ...properties, ...about },
    context: {},
    source: isOwn ? ownSource : 'test',
    lane: 0,
    triggers: true,
  }
}

/** Facts that other moments tell of. */
const told: readonly string[] = [
  eventNames.journeyEntered,
  eventNames.journeyLeft,
  eventNames.goalReached,
  eventNames.messagePlanned,
  eventNames.messageHeldBack,
  eventNames.messageDelayed,
  eventNames.webhookAnswered,
]

function note(moments: TestMoment[], effect: Effect, now: number, journey: JourneyDefinition, profile: ProfileState): void {
  if (isUnshown(effect)) return
  switch (effect.kind) {
    case 'edge': {
      const [step = '', port = ''] = effect.edge.split(':')
      if (waysOf(journey, step).includes(effect.edge))
        moments.push({ kind: 'passed', at: now, step, edge: effect.edge, because: becauseOf(journey, step, port) })
      break
    }
    case 'message': {
      const { at, step, id, channel, template, templateVersion, reason, decision, variables } = effect
      const traits = traitsOf(profile)
      const heldBy = decision.kind === 'hold' ? decision.rule : null
      moments.push({ kind: 'message', at, step, id, channel, template, templateVersion, heldBy, reason, traits, variables })
      break
    }
    case 'task': {
      const { at, step, title, text, assignee, dueAt, email, variables } = effect
      moments.push({ kind: 'task', at, step, title, text, assignee, dueAt, email, traits: traitsOf(profile), variables })
      break
    }
    case 'run-at':
      if (effect.run.step === gate) break
      moments.push({ kind: 'stands', at: effect.run.since, step: effect.run.step, until: effect.run.wakesAt ?? null })
      break
    case 'run-over':
      moments.push({ kind: 'left', at: now, reason: effect.reason })
      break
    case 'fact': {
      const { name, at, properties } = effect
      const { step, channel, reason, goal } = properties
      if (name === eventNames.journeyEntered) moments.push({ kind: 'entered', at })
      else if (name === eventNames.goalReached) moments.push({ kind: 'goal', at, name: typeof goal === 'string' ? goal : '' })
      else if (name === eventNames.messageDelayed)
        moments.push({ kind: 'delayed', at, step: String(step), channel: channelKindSchema.parse(channel), reason: String(reason) })
      else if (typeof step === 'string' && !told.includes(name)) moments.push({ kind: 'did', at, step, event: name, properties })
      break
    }
    default:
      effect satisfies never
  }
}

const traitsOf = (profile: ProfileState): JsonObject =>
  Object.fromEntries(Object.entries(profile.traits).map(([name, [value]]): [string, Json] => [name, value]))

/** Why this way: what it says, or that none of the others was so. */
function becauseOf(journey: JourneyDefinition, id: string, port: string): string {
  const step = journey.steps[id]!
  const ways = waysOutOf(step)
  const label = ways.find((way) => String(way.port) === port)?.label
  if (label !== undefined && label !== 'otherwise') return label
  const others = ways.flatMap((way) => (typeof way.port === 'number' && way.label !== undefined ? [way.label] : []))
  return others.length > 0 && port === 'otherwise' ? `none of: ${others.join('; ')}` : describeStep(step)
}
