import { eventNames, lanes, type OutcomeName } from '@throughline/contracts'
import type { Logger } from '../../platform/log/index.ts'
import { BY_KEYS, isConnectionLost, keepClient, type Pool } from '../../platform/postgres/index.ts'
import { makeOutcome, type AppendOutcomes, type OutcomeOf, type OwnEvent } from '../outcomes.ts'
import { makePacker } from '../messages/packer.ts'
import { makeBatcher } from './batcher.ts'
import { endMessages, returnMessages, type Ending, type FinalRecord, type ReturnRecord } from './record.ts'

/**
 * How long the end of a message waits for others, ms: a transaction costs the same for one as for ten. Short, since what was handed
 * over and not written down when this process dies is handed over again.
 */
const END_MS = 8
/** How long outcomes of single messages wait for others before the pipeline hears of them, ms: nothing hangs on the instant. */
const TELL_MS = 25

interface Key {
  readonly shard: number
  readonly id: string
}

/** Writes down, set-wise, what became of messages: each end in one transaction with the event that tells of it. */
export interface Ledger {
  /** The provider has taken it at `at`; told once, by whoever writes it down first. */
  sent(outcome: OutcomeOf, at: number, final: FinalRecord): void
  /** It will not be sent. */
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
  readonly append: AppendOutcomes
  /** Is told that the pipeline has something new of the live lane. */
  appended(): void
  released(key: Key): void
  wakeAt(at: number): void
}): Ledger {
  const { pool, log } = deps
  const onFailure = (error: unknown, count: number): void => {
    log[isConnectionLost(error) ? 'warn' : 'error']({ err: error, count }, 'could not record what became of messages; trying again')
  }
  const connection = keepClient(pool, { name: `${deps.worker} ends`, setup: BY_KEYS })
  let telling: NodeJS.Timeout | null = null
  const packer = makePacker()
  const ends = makeBatcher<Omit<Ending, 'packed'>>(
    async (endings) => {
      const packed = await packer.pack(endings.map(({ final }) => final.content))
      await endMessages(
        await connection.client(),
        endings.map((ending, index) => ({ ...ending, packed: packed[index] ?? null })),
        deps.append,
      )
      if (telling !== null || endings.every(({ event }) => event.lane === lanes.bulk)) return
      telling = setTimeout(() => {
        telling = null
        deps.appended()
      }, TELL_MS)
    },
    { max: 500, onFailure, lingerMs: END_MS },
  )
  const returns = makeBatcher<ReturnRecord>((records) => returnMessages(pool, deps.worker, records), { max: 500, onFailure })

  function close(event: OwnEvent, final: FinalRecord): void {
    settle(ends.add({ event, final }), final)
  }

  // After a stop that ran out of time the claim runs out too, and somebody else finishes.
  function settle(done: Promise<void>, key: Key): void {
    done.catch(() => undefined).finally(() => deps.released(key))
  }

  return {
    sent(outcome, at, final) {
      close(makeOutcome(eventNames.messageSent, outcome, at), { ...final, sentAt: at })
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
      await Promise.all([ends.stop(deadlineMs), returns.stop(deadlineMs)])
      if (telling !== null) clearTimeout(telling)
      await Promise.all([connection.close(), packer.close()])
    },
  }
}
