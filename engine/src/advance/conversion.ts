import { versionKey } from '../definitions/index.ts'
import type { CompiledJourney, CompiledWays } from '../journeys/index.ts'
import type { Passed, Run } from '../profile.ts'
import type { Draft } from './draft.ts'
import type { OpenRun } from './run-copies.ts'

/*
 * Which part of those who came through a place reached a goal afterwards. A place is a way, or a step that has several. Passages of ways are counted
 * as edges; beside them is counted, for a run and a place each at most once but the first:
 *
 *   again/<place>            it had come through before
 *   late/<goal>/<place>      it had reached the goal when it came through for the first time
 *   reached/<goal>/<place>   it reached the goal later
 *
 * so that of (passages - again - late) runs, `reached` did. All of it is counted for the version in which the run came through.
 */

const none: readonly number[] = []

/** Lets a run remember the way that it takes. */
export function rememberWay(draft: Draft, journey: CompiledJourney, run: OpenRun, way: string): void {
  const { id, version, ways } = journey
  const number = ways?.numbers.get(way)
  if (ways === null || number === undefined) return
  const taken = run.passed?.[version] ?? none
  for (const place of ways.places[number]!) {
    if (hasBeenAt(ways, taken, place)) count(draft, id, version, `again/${place}`)
    else for (const goal of run.reached ?? none) count(draft, id, version, `late/${goal}/${place}`)
  }
  if (!taken.includes(number)) run.passed = { ...run.passed, [version]: [...taken, number] }
}

function hasBeenAt({ places }: CompiledWays, taken: readonly number[], place: string): boolean {
  for (const one of taken) if (places[one]?.includes(place) === true) return true
  return false
}

/** Counts a goal for every place that the run that reaches it came through. A place of a version without that goal counts for none. */
export function creditWays(draft: Draft, journey: CompiledJourney, passed: Passed | undefined, goal: number): void {
  const { name, event } = journey.goals[goal]!
  for (const [version, taken] of Object.entries(passed ?? {})) {
    const then = draft.definitions.journeys.get(versionKey(journey.id, Number(version)))
    const index = then?.goals.findIndex((one) => one.name === name && one.event === event) ?? -1
    if (then === undefined || index < 0) continue
    for (const place of placesOf(then, taken)) count(draft, then.id, then.version, `reached/${index}/${place}`)
  }
}

/**
 * Joins what two runs of one person came through in the one that stays, each place once. Where either has reached a goal it is not known what
 * came first: then each stands for itself, and the one that goes keeps what was counted for it.
 */
export function joinWays(draft: Draft, stays: Run, goes: Run): void {
  if (goes.passed === undefined || stays.reached !== undefined || goes.reached !== undefined) return
  const passed: { [version: number]: readonly number[] } = { ...stays.passed }
  for (const [key, theirs] of Object.entries(goes.passed)) {
    const version = Number(key)
    const ours = passed[version] ?? []
    passed[version] = [...new Set([...ours, ...theirs])]
    const journey = draft.definitions.journeys.get(versionKey(goes.journey, version))
    if (journey === undefined) continue
    const both = placesOf(journey, ours)
    for (const place of placesOf(journey, theirs)) if (both.has(place)) count(draft, journey.id, version, `again/${place}`)
  }
  draft.runs = draft.runs.map((run) => (run.id === stays.id ? { ...run, passed } : run))
}

function placesOf({ ways }: CompiledJourney, taken: readonly number[]): ReadonlySet<string> {
  return new Set(taken.flatMap((number) => ways?.places[number] ?? []))
}

function count(draft: Draft, journey: string, version: number, what: string): void {
  draft.effects.push({ kind: 'count', journey, version, what })
}
