/**
 * A supervised child process.
 *
 *            start()                 ready
 *   stopped ─────────► starting ───────────────► running
 *      ▲                 ▲  │ ended                 │ ended by itself
 *      │                 │  ▼                       │
 *      │             backing off ◄──────────────────┘
 *      │  stop()         │
 *      └─────────────────┴─ from every state
 */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log/index.ts'
import { EmbeddedError } from './errors.ts'

export interface SupervisedSpec {
  readonly name: string
  /** Starts the child once; called again after each unexpected end. */
  spawn(): Promise<ChildProcess> | ChildProcess
  /** Resolves when the child answers; rejects with the reason while it does not. Asked every 25 ms. */
  probe(): Promise<void>
  /** The child's own last words, for the error when it does not start. */
  lastWords?(): string
  /** Signals of a clean stop, each with the milliseconds it is given. */
  readonly stopSignals: readonly [NodeJS.Signals, number][]
  readonly readyTimeoutMs: number
  readonly log: Logger
}

export interface SupervisedProcess {
  /** Resolves when the child answers for the first time; rejects when it does not within the time. */
  start(): Promise<void>
  /** Stops the child and waits for its end. Safe to call at any time, more than once. */
  stop(): Promise<void>
  pid(): number | undefined
  /** How often the child was started again after an unexpected end. */
  restarts(): number
  isReady(): boolean
}

const MAX_BACKOFF_MS = 5_000

/**
 * Watches over one child process: an unexpected end starts it again, after 50 ms at first and at most 5 s later,
 * and never ends this process.
 */
export function superviseProcess(spec: SupervisedSpec): SupervisedProcess {
  let child: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()
  let stopping = false
  let ready = false
  let restarts = 0
  let failures = 0
  let wakeUp = new AbortController()
  let launching: Promise<void> = Promise.resolve()

  function launch(): Promise<void> {
    launching = launchOnce()
    return launching
  }

  async function launchOnce(): Promise<void> {
    const started = await spec.spawn()
    child = started
    ended = new Promise((resolve) => {
      started.once('exit', (code, signal) => resolve({ code, signal }))
      started.once('error', (error) => resolve({ error }))
    })
    let over = false
    void ended.then(() => (over = true))
    const until = Date.now() + spec.readyTimeoutMs
    for (;;) {
      if (stopping) return
      const reason = await spec.probe().then(
        () => undefined,
        (error: unknown) => error,
      )
      if (reason === undefined && !over) break
      if (over) throw new Error(`${spec.name} ended while starting. ${spec.lastWords?.() ?? ''}`.trim())
      if (Date.now() > until) {
        started.kill('SIGKILL')
        await ended
        throw new Error(`${spec.name} did not answer within ${spec.readyTimeoutMs} ms. ${spec.lastWords?.() ?? ''}`.trim(), {
          cause: reason,
        })
      }
      await sleep(25)
    }
    ready = true
    failures = 0
    void ended.then((how) => onEnd(started, how))
  }

  function onEnd(which: ChildProcess, how: unknown): void {
    if (child !== which || stopping) return
    ready = false
    spec.log.warn({ process: spec.name, how }, 'embedded process ended unexpectedly, starting it again')
    void restart()
  }

  async function restart(): Promise<void> {
    while (!stopping) {
      const waitMs = Math.min(MAX_BACKOFF_MS, 50 * 2 ** failures++)
      await sleep(waitMs, undefined, { signal: wakeUp.signal }).catch(() => undefined)
      if (stopping) return
      try {
        restarts++
        await launch()
        if (ready) spec.log.info({ process: spec.name, restarts }, 'embedded process is back')
        return
      } catch (error) {
        spec.log.error({ process: spec.name, err: error }, 'embedded process could not be started, trying again')
      }
    }
  }

  return {
    async start() {
      stopping = false
      wakeUp = new AbortController()
      // A predecessor's last children may need a moment to let go of memory and files, hence a second and third try.
      for (let attempt = 1; ; attempt++) {
        try {
          return await launch()
        } catch (error) {
          if (attempt >= 3) throw new EmbeddedError('embedded_start_failed', (error as Error).message, { cause: error })
          await sleep(300 * attempt)
        }
      }
    },
    async stop() {
      stopping = true
      ready = false
      wakeUp.abort()
      await launching.catch(() => undefined)
      const last = child
      if (!last || last.pid === undefined) return
      for (const [signal, waitMs] of [...spec.stopSignals, ['SIGKILL', 5_000] as const]) {
        if (last.exitCode !== null || last.signalCode !== null) break
        last.kill(signal)
        const timer = new AbortController()
        await Promise.race([ended, sleep(waitMs, undefined, { signal: timer.signal }).catch(() => undefined)])
        timer.abort()
      }
      child = undefined
    },
    pid: () => child?.pid,
    restarts: () => restarts,
    isReady: () => ready,
  }
}
