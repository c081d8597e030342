import { goalsOf } from '@throughline/contracts'
import type { JourneyDefinition, Person, RehearsalNews, RouteRequest, Settings } from '@throughline/contracts'
import { planRehearsal, validateDefinitions, type JourneyStandings, type Ranks, type RehearsalPlan } from '@throughline/engine'
import { isClickHouseAway, isHistoryMissing, type ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Handlers } from '../../platform/http/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { DefinitionError } from '../errors.ts'
import { readJourneyStates } from '../state-store.ts'
import { loadLatest, type StoredDefinition } from '../store.ts'
import { rehearse, type PastFanOut } from './rehearse.ts'

const DAY_MS = 86_400_000

export interface RehearsalDeps {
  readonly pool: Pool
  /** A client for long reading. */
  readonly history: ClickHouse
  readonly log: Logger
  readonly settings: () => Promise<Settings>
  readonly readRanks: () => Promise<Ranks | null>
  /** Whom events of the shop would have let into this draft. */
  readonly fanOutPast: (journey: JourneyDefinition, window: RehearsalPlan['window'], signal: AbortSignal) => Promise<PastFanOut>
  readonly findPeople: (ids: readonly string[]) => Promise<ReadonlyMap<string, Person>>
  readonly freeCodes: (pools: readonly string[]) => Promise<ReadonlyMap<string, number>>
}

type Body = RouteRequest<'rehearseJourney'>['body']

/** Handlers of rehearsals: one at a time in a process, since each may keep a core busy. */
export function makeRehearsalHandlers({ pool, history, log, settings, readRanks, fanOutPast, findPeople, freeCodes }: RehearsalDeps) {
  let busy = false

  async function* run({ definition, days, templates }: Body, signal: AbortSignal): AsyncGenerator<RehearsalNews> {
    try {
      const states = await readJourneyStates(pool)
      const live = (await loadLatest(pool)).filter(
        ({ definition: { kind, id } }) => kind !== 'journey' || id === definition.id || isLive(states, id),
      )
      const inForce = withTemplates(live, templates)
      const now = await settings()
      const ranks = await readRanks()
      const until = Date.now()
      const plan = planRehearsal(definition, inForce, now, ranks, { since: until - days * DAY_MS, until })
      const fannedOut = plan.fansOut ? await fanOutPast(definition, plan.window, signal) : null
      yield* rehearse({ history, plan, goals: goalsOf(definition), settings: now, signal, fannedOut, findPeople, freeCodes })
    } catch (error) {
      if (signal.aborted) return
      yield failureOf(error, log)
    } finally {
      busy = false
    }
  }

  return {
    async rehearseJourney({ body, signal }) {
      refuseInvalidDraft(body.definition, withTemplates(await loadLatest(pool), body.templates))
      if (busy)
        throw new DefinitionError(
          'conflict',
          'rehearsal_busy',
          'Another rehearsal is running here. Try again when it is done, in a minute or two.',
          {
            retryAfter: 30,
          },
        )
      busy = true
      return run(body, signal)
    },
  } satisfies Handlers<'rehearseJourney'>
}

/** What would be in force if these templates were published with it. */
function withTemplates(inForce: readonly StoredDefinition[], templates: Body['templates']): readonly StoredDefinition[] {
  const epoch = Math.max(0, ...inForce.map((one) => one.epoch))
  const fresh = templates.filter(({ id }) => !inForce.some(({ definition: { kind, id: other } }) => kind === 'template' && other === id))
  return [...inForce, ...fresh.map((definition) => ({ definition, version: 1, epoch, publishedAt: 0 }))]
}

/** Whether people come into a journey. */
function isLive(states: JourneyStandings, id: string): boolean {
  return (states.get(id)?.state ?? 'live') === 'live'
}

/** A draft is rehearsed when it could be published. */
export function refuseInvalidDraft(definition: JourneyDefinition, inForce: readonly StoredDefinition[]): void {
  const others = inForce.map((one) => one.definition).filter(({ kind, id }) => kind !== 'journey' || id !== definition.id)
  const problems = validateDefinitions([definition], others)
  const [first] = problems
  if (first === undefined) return
  const { value, allowed, message } = first
  throw new DefinitionError('bad-input', 'definitions_invalid', message, {
    field: `definition.${first.field}`,
    value,
    allowed,
    problems: problems.map((one) => ({ field: `definition.${one.field}`, value: one.value, allowed: one.allowed, message: one.message })),
  })
}

function failureOf(error: unknown, log: Logger): RehearsalNews {
  if (isClickHouseAway(error) || isHistoryMissing(error))
    return {
      kind: 'failed',
      code: 'rehearsal_unavailable',
      message:
        'The history cannot be read at the moment, since ClickHouse cannot be reached. Journeys go on meanwhile; try again in a minute.',
    }
  log.error({ err: error }, 'a rehearsal ended by a fault')
  return { kind: 'failed', code: 'internal', message: 'The rehearsal ended by a fault of ours; the log says more.' }
}
