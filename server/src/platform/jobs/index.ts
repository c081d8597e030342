/**
 * Jobs: work that comes round again and again inside the program.
 *
 * - *loop*: one such work; never two turns at the same time, a failing turn is logged and tried again later.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../log/index.ts'

export interface LoopSpec {
  readonly name: string
  /** Pause between the end of one turn and the begin of the next. */
  readonly everyMs: number
  /** Longest pause after failures, each of which doubles the pause; default 60 s or `everyMs`, whichever is longer. */
  readonly maxBackoffMs?: number
  readonly log: Logger
  /** One turn. Gives up when `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
}

export interface Loop {
  /** Ends the pause, so that the next turn begins at once (after the present one, if one is running). */
  wake(): void
  /** Ends the loop and waits for the turn that is running. */
  stop(): Promise<void>
}

/** Starts a loop; its first turn begins at once. */
export function startLoop(spec: LoopSpec): Loop {
  const stopping = new AbortController()
  let pause = new AbortController()
  let woken = false
  let failures = 0

  async function turn(): Promise<void> {
    try {
      await spec.run(stopping.signal)
      failures = 0
    } catch (error) {
      if (stopping.signal.aborted) return
      failures++
      spec.log.error({ err: error, loop: spec.name, failures }, 'a turn failed, trying again')
    }
  }

  async function spin(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false
      await turn()
      if (woken || stopping.signal.aborted) continue
      pause = new AbortController()
      const longest = spec.maxBackoffMs ?? Math.max(60_000, spec.everyMs)
      const waitMs = failures === 0 ? spec.everyMs : Math.min(longest, Math.max(spec.everyMs, 100) * 2 ** Math.min(failures, 20))
      await sleep(waitMs, undefined, { signal: pause.signal }).catch(() => undefined)
    }
  }

  const spinning = spin()
  return {
    wake() {
      woken = true
      pause.abort()
    },
    async stop() {
      stopping.abort()
      pause.abort()
      await spinning
    },
  }
}
