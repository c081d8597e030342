import {
  priorityOf,
  type Definition,
  type GoalReached,
  type JourneyDefinition,
  type JourneyState,
  type Problem,
  type SegmentDefinition,
  type TemplateDefinition,
} from '@throughline/contracts'
import { usesOfSegment, validateDefinitions } from '@throughline/engine'
import type { Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { makeFigure } from '../platform/figure/index.ts'
import { chooseVersion } from './choose-version.ts'
import { countedVersions } from './conversions/handlers.ts'
import { edgesOver } from './conversions/report.ts'
import { countEdges, countInside, countJourneys, countMessages, type JourneyCounts } from './counts.ts'
import { requestEntry, type EnterDeps } from './enter.ts'
import { DefinitionError, unknownJourney } from './errors.ts'
import { parseDefinitions, placeOf } from './parse-definitions.ts'
import { problemsOfPlaces } from './problems-of-places.ts'
import { publish, type Change } from './publish.ts'
import { readJourneyStates } from './state-store.ts'
import { setJourneyState } from './states.ts'
import { goalsReached, makeVersions } from './goals.ts'
import { loadJourneyVersions, loadLatest, loadLatestOf, loadVersions, type StoredDefinition } from './store.ts'

export interface JourneyDeps extends EnterDeps {
  readonly pool: Pool
  /** Whether a template can be rendered; the templates domain's. */
  readonly checkTemplate: (template: TemplateDefinition) => Promise<readonly Problem[]>
}

/** Handlers of journeys and of definitions. */
export function makeJourneyHandlers(deps: JourneyDeps) {
  const { pool, checkTemplate } = deps
  // A count over all messages: exact, and taken again no oftener than is cheap.
  const messages = makeFigure(() => countMessages(pool))
  const versionsOf = makeVersions(pool)

  return {
    async journeys() {
      const [stored, counts, sent, states] = await Promise.all([
        loadLatestOf(pool, 'journey'),
        countJourneys(pool),
        messages(),
        readJourneyStates(pool),
      ])
      const found = await versionsOf(
        stored.flatMap(({ definition: { id } }) => [...counts(id).goals.keys()].map((version) => ({ id, version }))),
      )
      return {
        items: stored.map((one) => {
          const { id } = one.definition
          const counted = counts(id)
          return summaryOf(one, states, counted, goalsReached(one.definition, found(id), counted.goals), sent)
        }),
      }
    },
    async journey({ params, query }) {
      const versions = await loadJourneyVersions(pool, params.id)
      const shown = chooseVersion(params.id, versions, query.version)
      const ofAll = query.over === 'all'
      const [counts, sent, edges, inside, states] = await Promise.all([
        countJourneys(pool),
        messages(),
        ofAll
          ? countedVersions(pool, versions).then((counted) => edgesOver(shown.definition, counted))
          : countEdges(pool, params.id, shown.version),
        countInside(pool, params.id),
        readJourneyStates(pool),
      ])
      const { definition, version } = shown
      const counted = counts(definition.id)
      const reached = goalsReached(versions[0]!.definition, new Map(versions.map((one) => [one.version, one.definition])), counted.goals)
      return {
        ...summaryOf(shown, states, counted, reached, sent),
        definition,
        edges,
        versions: versions.map((one) => ({
          version: one.version,
          publishedAt: one.publishedAt,
          inside: sum(inside.filter((row) => row.version === one.version)),
        })),
        steps: sumByStep(ofAll ? inside : inside.filter((row) => row.version === version)),
      }
    },
    async setJourneyState({ params, body, auth, audit }) {
      let before: JourneyState = 'live'
      await setJourneyState(pool, params.id, body.state, auth.name, async (client, found) => {
        before = found
        audit.note({ before: { state: found }, after: { state: body.state } })
        await audit.commit(client)
      })
      return { state: body.state, before }
    },
    async undoJourney({ params, body: { onto }, auth, audit }) {
      const versions = await loadJourneyVersions(pool, params.id)
      if (versions.length === 0) throw unknownJourney(params.id)
      refuseOther(params.id, versions[0]!.version, onto)
      const previous = versions[1]
      if (previous === undefined)
        throw new DefinitionError(
          'conflict',
          'nothing_to_undo',
          `The journey "${params.id}" has one version; there is none to go back to.`,
          {
            field: 'id',
            value: params.id,
          },
        )
      const { definition, version: of } = previous
      const { changes } = await publish(pool, [definition], {
        by: auth.name,
        dryRun: false,
        onPublished: async (client, [change]) => {
          // Two who press the button at once undo one publication, not the undoing of it.
          refuseOther(params.id, change!.before, onto)
          audit.note({ before: { version: onto }, after: { version: change!.version, of } })
          await audit.commit(client)
        },
        check: (inForce) => refuse(problemsBetween(inForce, [definition])),
      })
      return { version: changes[0]!.version, of }
    },
    async enterJourney({ params, body, audit }) {
      audit.note({ after: { person: body.person, ...(body.key !== undefined && { key: body.key }) } })
      return { outcome: await requestEntry(deps, params.id, body) }
    },
    async definitions() {
      const [stored, states] = await Promise.all([loadLatest(pool), readJourneyStates(pool)])
      return {
        items: stored.map(({ version, publishedAt, definition }) => {
          const state = definition.kind === 'journey' ? states.get(definition.id)?.state : undefined
          return { version, publishedAt, definition: state === undefined || state === 'live' ? definition : { ...definition, state } }
        }),
      }
    },
    async definitionVersions({ params }) {
      const versions = await loadVersions(pool, params.kind, params.id)
      if (versions.length === 0)
        throw new DefinitionError('not-found', 'definition_unknown', `There is no ${params.kind} "${params.id}".`, {
          field: 'id',
          value: params.id,
        })
      return {
        items: versions.map(({ version, publishedAt, publishedBy, definition }) => ({ version, publishedAt, publishedBy, definition })),
      }
    },
    async archiveSegment({ params, auth, audit }) {
      const stored = (await loadLatestOf(pool, 'segment')).find(({ definition }) => definition.id === params.id)
      if (stored === undefined)
        throw new DefinitionError(
          'not-found',
          'segment_unknown',
          `There is no segment "${params.id}". The list of segments shows those there are.`,
          {
            field: 'id',
            value: params.id,
          },
        )
      const archived = { ...stored.definition, archived: true as const }
      const { changes } = await publish(pool, [archived], {
        by: auth.name,
        dryRun: false,
        onPublished: async (client) => {
          audit.note({ before: { archived: stored.definition.archived === true }, after: { archived: true } })
          await audit.commit(client)
        },
        check: (inForce) => refuseInUse(archived, inForce),
      })
      return { version: changes[0]!.version }
    },
    async applyDefinitions({ body, auth, audit }) {
      const { definitions, problems } = parseDefinitions(body.definitions)
      refuse(problems)
      const parsed = definitions.filter((one) => one !== null)
      const { changes } = await publish(pool, parsed, {
        by: auth.name,
        dryRun: body.dryRun,
        onPublished: async (client, changes) => {
          audit.note({ after: describeChanges(changes, body.dryRun) })
          await audit.commit(client)
        },
        check: async (inForce) =>
          refuse([
            ...problemsBetween(inForce, parsed),
            ...(await problemsOfTemplates(parsed, checkTemplate)),
            ...(await problemsOfPlaces(pool, parsed, body)),
          ]),
      })
      return { dryRun: body.dryRun, results: [...changes] }
    },
  } satisfies Handlers<
    | 'journeys'
    | 'journey'
    | 'setJourneyState'
    | 'undoJourney'
    | 'enterJourney'
    | 'definitions'
    | 'definitionVersions'
    | 'archiveSegment'
    | 'applyDefinitions'
  >
}

/** Refuses to undo a publication when another one has come since the caller looked. */
function refuseOther(id: string, newest: number, onto: number): void {
  if (newest === onto) return
  throw new DefinitionError(
    'conflict',
    'journey_changed',
    `Version ${newest} of the journey "${id}" was published meanwhile; nothing was undone. Look at what it changed.`,
    { field: 'onto', value: onto, allowed: String(newest) },
  )
}

/** Refuses to archive a segment that something in use asks about, and names it. */
function refuseInUse({ id, name }: SegmentDefinition, inForce: readonly Definition[]): void {
  const uses = usesOfSegment(id, inForce)
  if (uses.length === 0) return
  const list = uses.map((one) => `the ${one.kind} “${one.name}”`).join(', ')
  throw new DefinitionError('conflict', 'segment_in_use', `The segment “${name}” is used in ${list}. Take it out there, then archive it.`, {
    field: 'id',
    value: id,
  })
}

/** For the audit log: how many of which change, and which they are. */
function describeChanges(changes: readonly Change[], dryRun: boolean): object {
  const called = (change: Change['change']): string[] =>
    changes.filter((one) => one.change === change).map(({ kind, id, version }) => `${kind} ${id} (version ${version})`)
  const some = (list: readonly string[]): readonly string[] | string =>
    list.length > 15 ? `${list.slice(0, 15).join(', ')} and ${list.length - 15} more` : list
  return { dryRun, new: some(called('new')), changed: some(called('changed')), unchanged: called('unchanged').length }
}

function sumByStep(rows: readonly { readonly step: string; readonly inside: number }[]): { step: string; inside: number }[] {
  const steps = new Map<string, number>()
  for (const { step, inside } of rows) steps.set(step, (steps.get(step) ?? 0) + inside)
  return [...steps].map(([step, inside]) => ({ step, inside }))
}

/** What the list of journeys and the page of one say alike. */
function summaryOf(
  { definition, version, publishedAt }: StoredDefinition<JourneyDefinition>,
  states: Awaited<ReturnType<typeof readJourneyStates>>,
  { entered, inside }: JourneyCounts,
  goals: readonly GoalReached[],
  messages: ReadonlyMap<string, number>,
) {
  return {
    id: definition.id,
    name: definition.name,
    state: states.get(definition.id)?.state ?? ('live' as const),
    priority: priorityOf(definition),
    version,
    publishedAt,
    entered,
    inside,
    goals: [...goals],
    messages: messages.get(definition.id) ?? 0,
  }
}

function sum(rows: readonly { readonly inside: number }[]): number {
  return rows.reduce((total, row) => total + row.inside, 0)
}

/** Refuses a publication that has problems. */
export function refuse(problems: readonly Problem[]): void {
  const first = problems[0]
  if (first === undefined) return
  const others = problems.length - 1
  const message = /[.!?]$/.test(first.message) ? first.message : `${first.message}.`
  const more = others === 0 ? '' : others === 1 ? ' There is 1 more problem.' : ` There are ${others} more problems.`
  throw new DefinitionError('bad-input', 'definitions_invalid', `Nothing was published. ${message}${more}`, {
    field: first.field,
    value: first.value,
    allowed: first.allowed,
    problems,
  })
}

/** What does not fit together, each under the place of the definition in the request; one that was not sent, and would be broken by what was, is named by its id. */
export function problemsBetween(inForce: readonly Definition[], sent: readonly Definition[]): Problem[] {
  return validateDefinitions(inForce, []).map(({ index, field, value, allowed, message }) => {
    const definition = inForce[index]!
    const place = sent.indexOf(definition)
    return { field: `${place >= 0 ? placeOf(place) : `${definition.kind} ${definition.id}`}.${field}`, value, allowed, message }
  })
}

async function problemsOfTemplates(sent: readonly Definition[], check: JourneyDeps['checkTemplate']): Promise<Problem[]> {
  const found = await Promise.all(
    sent.map(async (definition, index) => {
      if (definition.kind !== 'template') return []
      const problems = await check(definition)
      return problems.map((one) => ({ ...one, field: `${placeOf(index)}.${one.field}` }))
    }),
  )
  return found.flat()
}
