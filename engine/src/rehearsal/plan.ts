import { eventNames, priorityOf, startsOf, type Definition, type JourneyDefinition, type PublishedDefinition } from '@throughline/contracts'
import { compileDefinitions, lookInside, referencesOf, usesOfSegment } from '../definitions/index.ts'
import { audienceKey, latestOccasion } from '../journeys/index.ts'
import type { CompiledDefinitions, DecisionSettings, Ranks } from '../ports.ts'

/** From one instant to another, epoch ms; the end is not included. */
export interface Window {
  readonly since: number
  readonly until: number
}

/** The turn of an audience to come in, for the time `slot`, asked at an instant. See `enterAudience`. */
interface AudienceCall {
  readonly journey: string
  readonly at: number
  readonly key: string
  readonly version: number
  readonly slot: number
}

/** What a rehearsal needs besides history. */
export interface RehearsalPlan {
  readonly window: Window
  /** The draft, and of what is in force only what it hangs on: of other journeys only those run with it that make it hold back. */
  readonly definitions: CompiledDefinitions
  readonly journey: string
  /** All journeys that run, the draft among them. */
  readonly running: ReadonlySet<string>
  /** Names, and patterns of names, of the events that have to be read. */
  readonly names: readonly string[]
  /** Names of the events of which somebody needs one within the window to enter; `null`: anybody may. */
  readonly entersBy: readonly string[] | null
  /** In order of time. Where there are some, also people who did nothing have to be looked at. */
  readonly audiences: readonly AudienceCall[]
  /** Whether events of the shop let people in; whom, is asked of history, and handed to {@link rehearsePerson} among their events. */
  readonly fansOut: boolean
}

/** The first clocks of the world show a time so long before those of UTC do. */
const EARLIEST_CLOCKS_MS = 14 * 3_600_000

const ofSegments: readonly string[] = [eventNames.segmentEntered, eventNames.segmentLeft]

/**
 * Makes a draft ready to be rehearsed, as if it had been published over what is in force.
 * @param inForce the latest version of everything that is published, without journeys that nobody is in or comes into
 * @param window the days over which it runs
 */
export function planRehearsal(
  journey: JourneyDefinition,
  inForce: readonly PublishedDefinition[],
  settings: DecisionSettings,
  ranks: Ranks | null,
  window: Window,
): RehearsalPlan {
  const others = inForce.filter(({ definition }) => definition.kind !== 'journey')
  const above = inForce.filter(isJourney).filter(({ definition }) => isAbove(definition, journey))
  const running = [journey, ...above.map(({ definition }) => definition)]
  const needed = findNeeded(running, others)
  const earlier = inForce.find(({ definition }) => definition.kind === 'journey' && definition.id === journey.id)
  const draft = { definition: journey, version: (earlier?.version ?? 0) + 1, epoch: Number.MAX_SAFE_INTEGER }
  const definitions = compileDefinitions([...others.filter((one) => needed.has(one.definition)), ...above, draft], settings, ranks)
  const { names, journeys } = lookInside(definitions)
  const entries = [...journeys.values()].flatMap((one) => (one.id === journey.id ? one.entries : []))
  const fansOut = startsOf(journey).some(({ kind }) => kind === 'shop-event')
  return {
    window,
    audiences: [draft, ...above]
      .flatMap(({ definition, version }) => findAudiences(definition, version, settings.zone, window))
      .sort((a, b) => a.at - b.at),
    definitions,
    journey: journey.id,
    running: new Set(running.map(({ id }) => id)),
    names,
    fansOut,
    // Into a segment and out of it people come by time as well, and traits are told by many events; events of the shop are nobody's.
    entersBy:
      !fansOut && entries.every(({ event }) => event !== null && !ofSegments.includes(event)) ? entries.map(({ event }) => event!) : null,
  }
}

function isJourney(found: PublishedDefinition): found is PublishedDefinition<JourneyDefinition> {
  return found.definition.kind === 'journey'
}

/** Whether somebody who is in the one is to be left alone by the other. */
function isAbove(one: JourneyDefinition, other: JourneyDefinition): boolean {
  return one.alone !== undefined && one.id !== other.id && priorityOf(one) > priorityOf(other)
}

/** Every time within the window at which an audience was to come in. */
function findAudiences(journey: JourneyDefinition, version: number, zone: string, { since, until }: Window): AudienceCall[] {
  return startsOf(journey).flatMap((entry): AudienceCall[] => {
    if (entry.kind !== 'audience') return []
    const { when } = entry
    const call = { journey: journey.id, key: audienceKey(entry), version }
    if (when.kind === 'once' && when.at === undefined) return [{ ...call, at: since, slot: since }]
    const byPerson = entry.zone === 'person'
    const ahead = byPerson ? EARLIEST_CLOCKS_MS : 0
    const calls: AudienceCall[] = []
    for (let upTo = until + ahead - 1; ;) {
      const slot = latestOccasion(when, byPerson ? 'UTC' : zone, upTo)
      if (slot === null || slot < since - ahead) return calls
      calls.push({ ...call, at: Math.max(since, slot - ahead), slot })
      upTo = slot - 1
    }
  })
}

/** Templates, and the segments and computed traits that these journeys ask about, also by way of others. */
function findNeeded(journeys: readonly JourneyDefinition[], others: readonly PublishedDefinition[]): ReadonlySet<Definition> {
  const all = others.map(({ definition }) => definition)
  const needed = new Set<Definition>(all.filter(({ kind }) => kind === 'template'))
  const hearsAll = ofSegments.some((name) => JSON.stringify(journeys).includes(JSON.stringify(name)))
  const queue: Definition[] = [...journeys]
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const from = one
    const traits = new Set(referencesOf(from).flatMap(({ kind, id }) => (kind === 'trait' ? [id] : [])))
    for (const other of all) {
      if (needed.has(other)) continue
      const isAsked =
        other.kind === 'trait' ? traits.has(other.id) : other.kind === 'segment' && (hearsAll || usesOfSegment(other.id, [from]).length > 0)
      if (!isAsked) continue
      needed.add(other)
      queue.push(other)
    }
  }
  return needed
}
