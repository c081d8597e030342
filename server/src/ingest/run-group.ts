import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { ForgottenMet, namesForgotten, type HashIdentifier } from '../identity/index.ts'
import { isRetryable, type Db } from '../platform/postgres/index.ts'
import type { AcceptOutcome, Prepared } from './accept-event.ts'
import { commitGroup, SeenBefore, type GroupResult } from './commit-group.ts'
import { TurnLost, type Turn } from './turns.ts'

/** Groups for which repeated events are expected after one has been met: senders repeat in bursts. */
const CAREFUL_GROUPS = 64
const ATTEMPTS = 5
/** How long a group leaves out who was met as forgotten without asking again: so long it takes at most until somebody allowed is heard. */
const FORGOTTEN_MS = 2_000

export interface RunGroupDeps {
  /** Is told the shards that got something, after each commit. */
  committed(shards: ReadonlySet<number>): void
  /** Keeps the one event that PostgreSQL refuses. */
  refuse(prepared: Prepared, error: Error): Promise<AcceptOutcome>
  failedOnData(): void
  /** Counts events of people who were forgotten; nothing of them is kept. */
  refusedForgotten(events: number): void
  /** How forgotten identifiers are recognised. */
  readonly hash: HashIdentifier | undefined
}

/** Runs a group until it is durable or refused; one that fails on its data is halved until the event at fault stands alone. */
export type RunGroup = (client: Db, group: readonly Prepared[], turn: Turn, handOver: () => void) => Promise<readonly AcceptOutcome[]>

/** @returns the function that runs groups; it remembers whether events are being repeated */
export function makeRunGroup(deps: RunGroupDeps): RunGroup {
  let careful = 0
  const met = new LRUCache<string, true>({ max: 10_000, ttl: FORGOTTEN_MS })
  const gone = { keys: { has: (key: string) => met.has(key) }, profiles: { has: (id: string) => met.has(id) } }

  async function commit(client: Db, group: readonly Prepared[], turn: Turn, handOver: () => void): Promise<GroupResult> {
    const myTurn = async (): Promise<void> => {
      await turn.wait()
      handOver()
    }
    for (let attempt = 1; ;) {
      try {
        const result = await commitGroup(client, group, careful > 0, myTurn, deps.hash)
        careful = result.repeated ? CAREFUL_GROUPS : Math.max(0, careful - 1)
        return result
      } catch (error) {
        if (error instanceof TurnLost) {
          await turn.waitWithoutLocks()
          continue
        }
        turn.beginAgain()
        if (error instanceof ForgottenMet) throw error
        if (error instanceof SeenBefore) {
          careful = CAREFUL_GROUPS
          continue
        }
        if (!isRetryable(error) || attempt++ >= ATTEMPTS) throw error
        await sleep(Math.random() * 10 * 2 ** attempt)
      }
    }
  }

  // Whoever was forgotten is left out, and the others are committed.
  async function withoutForgotten(
    client: Db,
    group: readonly Prepared[],
    turn: Turn,
    handOver: () => void,
  ): Promise<readonly AcceptOutcome[]> {
    const kept = group.filter(({ item }) => !namesForgotten(item, gone))
    deps.refusedForgotten(group.length - kept.length)
    const outcomes = kept.length === 0 ? [] : await runGroup(client, kept, turn, handOver)
    const byEvent = new Map(kept.map((one, at) => [one, outcomes[at]!]))
    return group.map((one) => byEvent.get(one) ?? refusal(one))
  }

  const runGroup: RunGroup = async (client, group, turn, handOver) => {
    if (met.size > 0 && group.some(({ item }) => namesForgotten(item, gone))) return withoutForgotten(client, group, turn, handOver)
    try {
      const { outcomes, shards } = await commit(client, group, turn, handOver)
      deps.committed(shards)
      return outcomes
    } catch (error) {
      if (error instanceof ForgottenMet) {
        for (const name of [...error.keys, ...error.profiles]) met.set(name, true)
        return withoutForgotten(client, group, turn, handOver)
      }
      if (!isDataError(error)) throw error
      deps.failedOnData()
      if (group.length === 1) return [await deps.refuse(group[0]!, error as Error)]
      const middle = group.length >> 1
      const first = await runGroup(client, group.slice(0, middle), turn, handOver)
      return [...first, ...(await runGroup(client, group.slice(middle), turn, handOver))]
    }
  }
  return runGroup
}

function refusal({ eventId }: Prepared): AcceptOutcome {
  const message =
    'This event is about somebody who was forgotten here, so nothing of it was kept. An admin can allow them again under Settings, Forgotten people.'
  return {
    kind: 'rejected',
    eventId,
    forgotten: true,
    problems: [{ field: 'event', value: undefined, allowed: 'events of people who were not forgotten', message }],
  }
}

/** SQLSTATE classes that lie in the rows themselves: 22 data exception, 23 constraint, 54 program limit. */
function isDataError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(?:22|23|54)[0-9A-Z]{3}$/.test(code)
}
