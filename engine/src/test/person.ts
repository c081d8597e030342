import type { Definition, Event, Json, JsonObject } from '@throughline/contracts'
import { expect } from 'vitest'
import {
  advance,
  compileDefinitions,
  emptyProfile,
  entriesOf,
  type Advance,
  type AdvanceContext,
  type CompiledDefinitions,
  type DecisionSettings,
  type Effect,
  type Input,
  type JourneyStanding,
  type ProfileState,
} from '../index.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
/** 4 May 2026, 12:00 UTC: the instant at which the tests begin. */
export const noon = Date.UTC(2026, 4, 4, 12)

const settings: DecisionSettings = { zone: 'UTC', consentDefaults: { email: 'withdrawn', inbox: 'granted', webhook: 'granted' } }

/** Definitions in order of publication: the same kind and id again is the next version. */
export function publish(
  definitions: readonly Definition[],
  changed: Partial<DecisionSettings> = {},
  standings: { readonly [journey: string]: JourneyStanding } = {},
): CompiledDefinitions {
  const versions = new Map<string, number>()
  return compileDefinitions(
    definitions.map((definition, i) => {
      const key = `${definition.kind}/${definition.id}`
      const version = (versions.get(key) ?? 0) + 1
      versions.set(key, version)
      return { definition, version, epoch: i + 1 }
    }),
    { ...settings, ...changed },
    null,
    new Map(Object.entries(standings)),
  )
}

/** One person who lives through events and time, the way the pipeline would move them. */
export interface Person {
  profile: ProfileState
  due: number | null
  now: number
  pending: ReadonlySet<string>
  definitions: CompiledDefinitions
  /** What the pipeline would find out about addresses that are told. */
  suppressions?: ReadonlyMap<string, string>
  /** All effects so far. */
  readonly effects: Effect[]
  /** Hears an event at an instant, after every timer that is due before it. */
  hear(name: string, at: number, extra?: Partial<Event> & { readonly early?: true }): readonly Effect[]
  /** Lets time pass: fires the timer at each instant it is due. */
  pass(until: number): readonly Effect[]
  /** Fires the timer once, late. */
  fireLate(now: number): readonly Effect[]
  take(step: (profile: ProfileState, ctx: AdvanceContext) => Advance, now: number): readonly Effect[]
}

/** The segments somebody is in, each with the instant since when. */
export function segmentsOf({ profile }: Person): { readonly [segment: string]: number } {
  return Object.fromEntries(entriesOf(profile.segments))
}

export function meet(definitions: CompiledDefinitions, id = 'p1'): Person {
  let number = 0
  const person: Person = {
    profile: emptyProfile(id, noon),
    due: null,
    now: noon,
    pending: new Set(),
    definitions,
    effects: [],
    hear(name, at, extra = {}) {
      const { early, ...rest } = extra
      const before = person.effects.length
      if (early === undefined) person.pass(at - 1)
      const event: Event = {
        id: `web:${id}-${++number}`,
        type: 'track',
        name,
        timestamp: at,
        receivedAt: at,
        properties: {},
        context: {},
        source: 'web',
        lane: 0,
        triggers: true,
        ...rest,
      }
      person.take((profile, ctx) => advance(profile, { kind: 'event', event }, ctx), at)
      return person.effects.slice(before)
    },
    pass(until) {
      const before = person.effects.length
      while (person.due !== null && person.due <= until) person.take(fire, person.due)
      person.now = Math.max(person.now, until)
      return person.effects.slice(before)
    },
    fireLate: (now) => person.take(fire, now),
    take(step, now) {
      person.now = now
      // As it is stored: plain JSON, which nobody may write to.
      const stored = deepFreeze(JSON.parse(JSON.stringify(person.profile)) as ProfileState)
      const { definitions: published, pending, suppressions } = person
      const ctx: AdvanceContext = { definitions: published, now, pending, ...(suppressions !== undefined && { suppressions }) }
      const answer = step(stored, ctx)
      expect(step(stored, ctx)).toEqual(answer)
      expect(JSON.parse(JSON.stringify(answer.profile))).toEqual(answer.profile)
      person.profile = answer.profile
      person.due = answer.nextTimerAt
      person.effects.push(...answer.effects)
      return answer.effects
    },
  }
  return person
}

const timer: Input = { kind: 'timer' }
const fire = (profile: ProfileState, ctx: AdvanceContext) => advance(profile, timer, ctx)

/** Names of the facts among effects, with their instants after noon in minutes. */
export function facts(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === 'fact' ? [`${effect.name} +${(effect.at - noon) / minute}`] : []))
}

export function edges(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === 'edge' ? [effect.edge] : []))
}

export function only<K extends Effect['kind']>(effects: readonly Effect[], kind: K): readonly Extract<Effect, { kind: K }>[] {
  return effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind)
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value) as (Json | undefined)[])
    if (typeof part === 'object' && part !== null) deepFreeze(part as JsonObject)
  return Object.freeze(value)
}
