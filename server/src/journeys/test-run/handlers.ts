import {
  channelKinds,
  startsOf,
  type JsonObject,
  type Person,
  type RouteRequest,
  type Settings,
  type ShownTestMoment,
} from '@throughline/contracts'
import {
  consentKey,
  emptyProfile,
  foldProfile,
  openForTest,
  planRehearsal,
  testRun,
  TooMuchForOnePerson,
  type ProfileState,
  type Ranks,
  type RehearsalPlan,
  type TestMoment,
} from '@throughline/engine'
import { isClickHouseAway, isHistoryMissing, type ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Handlers } from '../../platform/http/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { DefinitionError } from '../errors.ts'
import { refuseInvalidDraft } from '../rehearsal/handlers.ts'
import { readLife, readMerged } from '../rehearsal/read-lives.ts'
import { loadLatest } from '../store.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Message = Extract<TestMoment, { kind: 'message' }>
type TaskMoment = Extract<TestMoment, { kind: 'task' }>

export interface TestRunDeps {
  readonly pool: Pool
  readonly history: ClickHouse
  readonly settings: () => Promise<Settings>
  readonly readRanks: () => Promise<Ranks | null>
  readonly findPeople: (ids: readonly string[]) => Promise<ReadonlyMap<string, Person>>
  /** What a message says to somebody; the templates domain's. */
  readonly write: (
    message: Pick<Message, 'channel' | 'template' | 'traits' | 'variables'> & { readonly version: number; readonly profileId: string },
  ) => Promise<{ title: string | null; html: string | null; text: string; url: string | null }>
  /** What a task for the shop's people says of somebody; the tasks domain's. */
  readonly writeTask: (
    task: Pick<TaskMoment, 'step' | 'title' | 'text' | 'traits' | 'variables'> & { readonly profileId: string },
  ) => Promise<{ readonly title: string; readonly text: string; readonly problem: string | null }>
}

type Body = RouteRequest<'testJourney'>['body']

/** Handlers of test runs. All that a run is stands in what is asked, so nothing is kept of it. */
export function makeTestRunHandlers({ pool, history, settings, readRanks, findPeople, write, writeTask }: TestRunDeps) {
  async function loadPerson(id: string, before: number, plan: RehearsalPlan): Promise<ProfileState> {
    const found = UUID.test(id) ? (await findPeople([id])).get(id) : undefined
    if (found === undefined)
      throw new DefinitionError('not-found', 'person_unknown', `There is nobody with the id "${id}".`, { field: 'person.id', value: id })
    try {
      const events = await readLife(history, [id, ...(await readMerged(history, id))], before)
      return foldProfile(id, found.createdAt, events, plan)
    } catch (error) {
      if (isClickHouseAway(error) || isHistoryMissing(error))
        throw new DefinitionError(
          'unavailable',
          'rehearsal_unavailable',
          'What this person did cannot be read at the moment, since ClickHouse cannot be reached. Try again in a minute, or test with a made-up person.',
          { cause: error },
        )
      throw error
    }
  }

  async function show(moment: TestMoment, profileId: string): Promise<ShownTestMoment> {
    if (moment.kind === 'task') {
      const { traits: _, variables: __, ...task } = moment
      const { title, text, problem } = await writeTask({ ...moment, profileId })
      return { ...task, title, text, failure: problem }
    }
    if (moment.kind !== 'message') return moment
    const { templateVersion: version, traits, variables, ...shown } = moment
    try {
      const content = await write({ channel: moment.channel, template: moment.template, version, profileId, traits, variables })
      return { ...shown, content, failure: null }
    } catch (error) {
      return { ...shown, content: null, failure: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    async testJourney({ body }) {
      const entry = chosenEntry(body)
      const inForce = await loadLatest(pool)
      refuseInvalidDraft(body.definition, inForce)
      const journey = openForTest(body.definition)
      const ranks = await readRanks()
      const { startedAt, until } = body
      const plan = planRehearsal(journey, inForce, await settings(), ranks, { since: startedAt, until: startedAt + 1 })
      const profile = 'id' in body.person ? await loadPerson(body.person.id, startedAt, plan) : makeUp(body.person, startedAt)
      try {
        const { moments, standing, outside } = testRun({ ...body, plan, journey, profile, entry })
        const shown: ShownTestMoment[] = []
        for (const moment of moments) shown.push(await show(moment, profile.id))
        return { moments: shown, standing, outside }
      } catch (error) {
        if (!(error instanceof TooMuchForOnePerson)) throw error
        throw new DefinitionError(
          'bad-input',
          'test_run_endless',
          'This test goes on and on: thousands of things happened in it. Let less time pass at once, or look for a circle in the journey.',
          { field: 'until', value: until, cause: error },
        )
      }
    },
  } satisfies Handlers<'testJourney'>
}

/** An entry that no event of theirs starts is come in by as a program would ask for it: the last of an opened journey. */
function chosenEntry({ definition, entry: { index, properties } }: Body): { index: number; properties: JsonObject } {
  const starts = startsOf(definition)
  const chosen = starts[index]
  if (chosen !== undefined) return { index: chosen.kind === 'event' || chosen.kind === 'form' ? index : starts.length, properties }
  const allowed = `0 to ${starts.length - 1}`
  throw new DefinitionError('bad-input', 'definitions_invalid', `The journey has no entry ${index}; allowed: ${allowed}.`, {
    field: 'entry.index',
    value: index,
    allowed,
  })
}

function makeUp({ traits, agreed }: Exclude<Body['person'], { id: string }>, at: number): ProfileState {
  // The same person in every call of a test, so that splits and experiments draw the same.
  const nobody = emptyProfile(`00000000-0000-7000-8000-${String(at % 1e12).padStart(12, '0')}`, at)
  return {
    ...nobody,
    traits: Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, [value, at] as const])),
    ...(agreed && {
      consents: Object.fromEntries(
        channelKinds.map((channel) => [consentKey(channel, undefined), { state: 'granted' as const, at, source: 'test' }]),
      ),
    }),
  }
}
