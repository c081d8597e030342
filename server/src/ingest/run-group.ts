import { setTimeout as sleep } from 'node:timers/promises'
import { isRetryable, type Db } from '../platform/postgres/index.ts'
import type { AcceptOutcome, Prepared } from './accept-event.ts'
import { commitGroup, SeenBefore, type GroupResult } from './commit-group.ts'
import { TurnLost, type Turn } from './turns.ts'

/** Groups for which repeated events are expected after one has been met: senders repeat in bursts. */
const CAREFUL_GROUPS = 64
const ATTEMPTS = 5

export interface RunGroupDeps {
  /** Is told the shards that got something, after each commit. */
  committed(shards: ReadonlySet<number>): void
  /** Keeps the one event that PostgreSQL refuses. */
  refuse(prepared: Prepared, error: Error): Promise<AcceptOutcome>
  failedOnData(): void
}

/** Runs a group until it is durable or refused; one that fails on its data is halved until the event at fault stands alone. */
export type RunGroup = (client: Db, group: readonly Prepared[], turn: Turn, handOver: () => void) => Promise<readonly AcceptOutcome[]>

/** @returns the function that runs groups; it remembers whether events are being repeated */
export function makeRunGroup(deps: RunGroupDeps): RunGroup {
  let careful = 0

  async function commit(client: Db, group: readonly Prepared[], turn: Turn, handOver: () => void): Promise<GroupResult> {
    const myTurn = async (): Promise<void> => {
      await turn.wait()
      handOver()
    }
    for (let attempt = 1; ;) {
      try {
        const result = await commitGroup(client, group, careful > 0, myTurn)
        careful = result.repeated ? CAREFUL_GROUPS : Math.max(0, careful - 1)
        return result
      } catch (error) {
        if (error instanceof TurnLost) {
          await turn.waitWithoutLocks()
          continue
        }
        turn.beginAgain()
        if (error instanceof SeenBefore) {
          careful = CAREFUL_GROUPS
          continue
        }
        if (!isRetryable(error) || attempt++ >= ATTEMPTS) throw error
        await sleep(Math.random() * 10 * 2 ** attempt)
      }
    }
  }

  const runGroup: RunGroup = async (client, group, turn, handOver) => {
    try {
      const { outcomes, shards } = await commit(client, group, turn, handOver)
      deps.committed(shards)
      return outcomes
    } catch (error) {
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

/** SQLSTATE classes that lie in the rows themselves: 22 data exception, 23 constraint, 54 program limit. */
function isDataError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(?:22|23|54)[0-9A-Z]{3}$/.test(code)
}
