import { eventNames, lanes, type OutcomeName } from '@throughline/contracts'
import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, type Pool } from '../../platform/postgres/index.ts'
import { makeOutcome, type AppendEvents, type OutcomeOf, type OwnEvent } from '../outcomes.ts'
import { makeBatcher } from './batcher.ts'
import { finishMessages, markSent, returnMessages, type FinalRecord, type ReturnRecord, type SentRecord } from './record.ts'

/**
 * How long outcomes wait for others, ms. Nothing hangs on the instant: what was handed over is marked before, and their time is
 * the one at which it happened. Each group is a transaction of the acceptor, one of the pipeline and one here.
 */
const OUTCOME_MS = 25
/** Those of bulk come by the hundred, and are looked at as a sum. */
const BULK_OUTCOME_MS = 200

interface Key {
  readonly shard: number
  readonly id: string
}

/** Writes down, set-wise and in the right order, what became of messages. */
export interface Ledger {
  /** Marks it as handed over; resolves once that is durable. */
  mark(record: SentRecord): Promise<void>
  /** Accepts the outcome of a message marked as handed over, by this sender or another, then closes it. */
  reportSent(outcome: OutcomeOf, at: number, final: FinalRecord): void
  /** It will not be sent: accepts that outcome, then closes it. */
  ended(outcome: OutcomeOf, at: number, reason: string, final: FinalRecord): void
  /** It will be tried again at `dueAt`. */
  later(record: ReturnRecord): void
  /** Back to the queue, nothing happened to it. */
  giveBack(key: Key, delay: string | null): void
  /** Out of our hands without a word: cancelled, or gone. */
  release(key: Key): void
  stop(deadlineMs: number): Promise<void>
}

const outcomeOfStatus: { readonly [S in FinalRecord['status']]: OutcomeName } = {
  sent: eventNames.messageSent,
  held: eventNames.messageHeldBack,
  cancelled: eventNames.messageHeldBack,
  failed: eventNames.messageFailed,
  bounced: eventNames.messageBounced,
}

export function makeLedger(deps: {
  readonly pool: Pool
  readonly log: Logger
  readonly worker: string
  readonly append: AppendEvents
  released(key: Key): void
  wakeAt(at: number): void
}): Ledger {
  const { pool, log } = deps
  const onFailure = (error: unknown, count: number): void => {
    log[isConnectionLost(error) ? 'warn' : 'error']({ err: error, count }, 'could not record what became of messages; trying again')
  }
  const marks = makeBatcher<SentRecord>((records) => markSent(pool, records), { max: 500, onFailure })
  const finish = async (items: readonly { readonly event: OwnEvent; readonly final: FinalRecord }[]): Promise<void> => {
    await deps.append(items.map((item) => item.event))
    await finishMessages(
      pool,
      items.map((item) => item.final),
    )
  }
  const ends = {
    live: makeBatcher(finish, { max: 500, onFailure, lingerMs: OUTCOME_MS }),
    bulk: makeBatcher(finish, { max: 500, onFailure, lingerMs: BULK_OUTCOME_MS }),
  }
  const returns = makeBatcher<ReturnRecord>((records) => returnMessages(pool, deps.worker, records), { max: 500, onFailure })

  function close(event: OwnEvent, final: FinalRecord): void {
    settle(ends[event.lane === lanes.bulk ? 'bulk' : 'live'].add({ event, final }), final)
  }

  // After a stop that ran out of time the claim runs out too, and somebody else finishes.
  function settle(done: Promise<void>, key: Key): void {
    done.catch(() => undefined).finally(() => deps.released(key))
  }

  return {
    mark: (record) => marks.add(record),
    reportSent(outcome, at, final) {
      close(makeOutcome(eventNames.messageSent, outcome, at), final)
    },
    ended(outcome, at, reason, final) {
      close(makeOutcome(outcomeOfStatus[final.status], outcome, at, { reason }), final)
    },
    later(record) {
      settle(
        returns.add(record).then(() => {
          if (record.dueAt !== null) deps.wakeAt(record.dueAt)
        }),
        record,
      )
    },
    giveBack(key, delay) {
      settle(returns.add({ shard: key.shard, id: key.id, dueAt: null, attempted: false, delay, error: null }), key)
    },
    release: (key) => deps.released(key),
    async stop(deadlineMs) {
      await Promise.all([marks.stop(deadlineMs), returns.stop(deadlineMs)])
      await Promise.all([ends.live.stop(deadlineMs), ends.bulk.stop(deadlineMs)])
    },
  }
}
