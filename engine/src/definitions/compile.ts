import { durationToMs, eventNames, type Definition, type PublishedDefinition } from '@throughline/contracts'
import { compileMeasure, compileName, isPattern, makeCompiler, makeContext, nobody, type Compiler, type Leaf } from '../conditions/index.ts'
import { compareText } from '../compare-text.ts'
import { compareTurns, compileCampaign, compileJourney, type CompiledCampaign, type CompiledJourney } from '../journeys/index.ts'
import type { CompiledDefinitions, DecisionSettings, JourneyStandings, Ranks } from '../ports.ts'
import { isArchived } from './references.ts'
import { isOver, uncounting, versionKey, type Compiled, type CompiledSegment, type Concern, type Mapping } from './compiled.ts'

/** Events that change what is known of a person, whatever is published. */
const alwaysHeard: ReadonlySet<string> = new Set([
  eventNames.identified,
  eventNames.consentChanged,
  eventNames.unsubscribed,
  eventNames.addressSuppressed,
  eventNames.addressReleased,
])

/**
 * Makes published definitions ready for the hot path.
 * @param published every version of everything that may still be in use: the latest of a journey takes entries, older ones
 * finish their runs; of a segment and of a template the latest counts
 * @param standings how journeys stand
 * @param ranks what depends on everybody; `null` until it has been computed
 */
export function compileDefinitions(
  published: readonly PublishedDefinition[],
  settings: DecisionSettings,
  ranks: Ranks | null = null,
  standings: JourneyStandings = new Map(),
): CompiledDefinitions {
  const leaves = new Map<string, Leaf>()
  const latest = latestVersions(published)
  const context = makeContext(
    [...latest.values()].map(({ definition }) => definition),
    settings.zone,
    settings.consentDefaults,
    ranks?.rfm,
  )
  const compiler = makeCompiler(leaves, {
    ...context,
    hasQuietHours: (settings.quietHours ?? null) !== null,
    ...(ranks?.answers !== undefined && { answers: ranks.answers }),
  })
  const segments = published
    .filter(isKind('segment'))
    .filter((found) => latest.get(keyOf(found)) === found && !isArchived(found.definition))
    // Whatever the order in which they were published, the same follows for somebody.
    .sort((a, b) => compareText(a.definition.id, b.definition.id))
    .map(({ definition: { id, where }, epoch }): CompiledSegment => ({ id, epoch, condition: compiler.compile(where) }))
  const journeyLeaves = new Set<string>()
  const noting = noteLeaves(compiler, journeyLeaves)
  const journeys = new Map<string, CompiledJourney>()
  const entering: CompiledJourney[] = []
  for (const found of published.filter(isKind('journey'))) {
    const journey = compileJourney(found.definition, found.version, noting)
    journeys.set(versionKey(journey.id, journey.version), journey)
    if (latest.get(keyOf(found)) === found) entering.push(journey)
  }
  const campaigns = new Map<string, CompiledCampaign>()
  for (const { definition, version } of published.filter(isKind('campaign'))) {
    const campaign = compileCampaign(definition, version, noting)
    campaigns.set(versionKey(definition.id, version), campaign)
    journeys.set(versionKey(campaign.journey.id, version), campaign.journey)
  }
  const inTurn = [...journeys.values()].sort(compareTurns)
  entering.sort(compareTurns)
  const traits = published
    .filter(isKind('trait'))
    .filter((found) => latest.get(keyOf(found)) === found)
    .map(({ definition }) => ({ definition, measure: compileMeasure(definition.value, compiler) }))
  const { concernOf, names } = indexByName(leaves, segments, entering, inTurn)
  const caps = [...(settings.frequencyCaps ?? []), ...[...journeys.values()].flatMap(({ mostMessages }) => mostMessages ?? [])]
  const capsReach = Math.max(0, ...caps.map(({ within }) => durationToMs(within)))
  const compiled: Compiled = {
    published,
    settings,
    ranks,
    context,
    leaves,
    readsContext: [...leaves.values()].some(({ memory }) => memory.readsContext === true),
    memories: new Map([...leaves.values()].map(({ memory }) => [memory.key, memory])),
    leavesByMemory: leavesOfMemories(leaves),
    journeyLeaves,
    concernOf,
    names: [...new Set([...alwaysHeard, ...names])],
    traits,
    segments,
    archivedSegments: new Set(
      [...latest.values()].filter(({ definition }) => isArchived(definition)).map(({ definition }) => definition.id),
    ),
    journeys,
    campaigns,
    mappings: mappingsOf(published, journeys),
    timedSegments: segments.filter(({ condition }) => condition.timed),
    rankedSegments: segments.filter(({ condition }) => condition.ranked === true),
    openSegments: segments.filter(({ condition }) => condition.value(nobody, 0) !== false),
    segmentsByTrait: groupBy(segments, ({ condition }) => condition.traits),
    entriesByTrait: groupBy(entering, ({ entries }) => entries.flatMap((entry) => entry.traits)),
    standings,
    dated: entering.filter(({ entries }) => entries.some(({ nextDate }) => nextDate !== null)),
    dateTraits: new Set(entering.flatMap(({ entries }) => entries.flatMap((entry) => entry.dateTraits))),
    latestJourneys: new Map(entering.map((journey) => [journey.id, journey])),
    priorities: [...new Set(inTurn.map(({ priority }) => priority))],
    turns: new Map(inTurn.map((journey, turn) => [journey, turn])),
    loners: new Set(inTurn.flatMap(({ alone }) => (alone === null ? [] : [alone.others]))),
    watches: [...journeys.values()].some(({ id, exits }) => exits.watches.length > 0 || isOver(standings.get(id)?.state)),
    templates: new Map([...latest.values()].filter(isKind('template')).map(({ definition, version }) => [definition.id, version])),
    capsReach,
    concerns: (eventName) =>
      alwaysHeard.has(eventName) || concernOf(eventName) !== undefined || (capsReach > 0 && uncounting.has(eventName)),
  }
  return compiled
}

/** Where people go who are to be moved; of several words about one version the latest holds. */
function mappingsOf(
  published: readonly PublishedDefinition[],
  journeys: ReadonlyMap<string, CompiledJourney>,
): ReadonlyMap<string, Mapping> {
  const mappings = new Map<string, Mapping & { readonly epoch: number }>()
  for (const { definition, version, epoch, moves } of published) {
    const target = definition.kind === 'journey' ? journeys.get(versionKey(definition.id, version)) : undefined
    if (target === undefined) continue
    for (const { version: from, steps } of moves?.from ?? []) {
      const key = versionKey(definition.id, from)
      // Only to later versions, so that nobody is led in a circle.
      if (from < version && (mappings.get(key)?.epoch ?? -1) < epoch)
        mappings.set(key, { target, steps: new Map(Object.entries(steps)), by: moves?.by ?? '', epoch })
    }
  }
  return mappings
}

/** The compiler, with a note of every leaf that it is asked for. */
function noteLeaves(compiler: Compiler, keys: Set<string>): Compiler {
  return {
    ...compiler,
    compile(condition) {
      const compiled = compiler.compile(condition)
      for (const { key } of compiled.leaves) keys.add(key)
      return compiled
    },
    leaf(...asked) {
      const leaf = compiler.leaf(...asked)
      keys.add(leaf.key)
      return leaf
    },
  }
}

/** Names met that are in no index are remembered up to so many, where patterns have to be tried. */
const MOST_NAMES = 10_000

/** Finds what events of a name concern; a name that nothing knows costs a look-up. */
function indexByName(
  leaves: ReadonlyMap<string, Leaf>,
  segments: readonly CompiledSegment[],
  entering: readonly CompiledJourney[],
  journeys: readonly CompiledJourney[],
): { readonly names: ReadonlySet<string>; concernOf(name: string): Concern | undefined } {
  const memories = [...new Set([...leaves.values()].map(({ memory }) => memory))]
  const memoriesByName = groupBy(memories, ({ eventNames: names }) => names)
  const leavesByMemory = leavesOfMemories(leaves)
  const segmentsByMemory = groupBy(segments, ({ condition }) => condition.leaves.map(({ memory }) => memory.key))
  const segmentsByName = groupBy(segments, ({ condition }) => condition.hears ?? [])
  const entriesByName = groupBy(entering, ({ entries }) => entries.flatMap(({ event }) => (event === null ? [] : [event])))
  const endingsByName = groupBy(journeys, ({ endedBy }) => endedBy)
  const heard = new Set(journeys.flatMap(({ hears }) => hears))
  const patterns = [...memoriesByName.keys()].filter(isPattern).map((pattern) => ({ pattern, means: compileName(pattern) }))
  const concernOf = (name: string): Concern => {
    const meant = [name, ...patterns.filter(({ pattern, means }) => pattern !== name && means(name)).map(({ pattern }) => pattern)]
    return {
      memories: [...new Set(meant.flatMap((each) => memoriesByName.get(each) ?? []))].map((memory) => {
        const concerned = segmentsByMemory.get(memory.key) ?? []
        return {
          memory,
          leaves: leavesByMemory.get(memory.key) ?? [],
          segments: concerned,
          timed: concerned.filter(({ condition }) => condition.timed),
        }
      }),
      segments: segmentsByName.get(name) ?? [],
      entries: entriesByName.get(name) ?? [],
      endings: endingsByName.get(name) ?? [],
      moves: heard.has(name),
    }
  }
  const names = new Set([...memoriesByName.keys(), ...segmentsByName.keys(), ...entriesByName.keys(), ...heard])
  const known = new Map<string, Concern | undefined>([...names].map((name) => [name, concernOf(name)]))
  if (patterns.length === 0) return { names, concernOf: (name) => known.get(name) }
  const most = known.size + MOST_NAMES
  return {
    names,
    concernOf(name) {
      if (known.has(name)) return known.get(name)
      const found = patterns.some(({ means }) => means(name)) ? concernOf(name) : undefined
      if (known.size < most) known.set(name, found)
      return found
    },
  }
}

function leavesOfMemories(leaves: ReadonlyMap<string, Leaf>): ReadonlyMap<string, readonly string[]> {
  const byMemory = groupBy([...leaves.values()], ({ memory }) => [memory.key])
  return new Map([...byMemory].map(([memory, found]) => [memory, found.map(({ key }) => key)]))
}

function groupBy<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [item])
      else group.push(item)
    }
  }
  return groups
}

function latestVersions(published: readonly PublishedDefinition[]): ReadonlyMap<string, PublishedDefinition> {
  const latest = new Map<string, PublishedDefinition>()
  for (const found of published) {
    const standing = latest.get(keyOf(found))
    if (standing === undefined || found.version > standing.version) latest.set(keyOf(found), found)
  }
  return latest
}

function keyOf({ definition }: PublishedDefinition): string {
  return `${definition.kind}/${definition.id}`
}

type DefinitionOf = { [K in Definition['kind']]: Extract<Definition, { kind: K }> }

function isKind<K extends keyof DefinitionOf>(kind: K) {
  return (found: PublishedDefinition): found is PublishedDefinition<DefinitionOf[K]> => found.definition.kind === kind
}
