import { useCallback, useEffect, useState } from 'react'
import type { JourneyDefinition, RouteInput, ShownTestRun } from '@throughline/contracts'
import { call } from '../../../api/client.ts'

type Body = RouteInput<'testJourney'>['body']
type Happening = NonNullable<Body['happenings']>[number]

/** How time passes: waits are skipped where nothing could happen in them, or so many times as fast as in life. */
const paces = { skip: 0, minute: 1_440, real: 1 } as const
export type Pace = keyof typeof paces

export interface TestSetup {
  readonly definition: JourneyDefinition
  readonly person: Body['person']
  readonly entry: NonNullable<Body['entry']>
  readonly pace: Pace
}

/** A test: what was asked so far, what came of it, and how much of that has been shown. */
interface Test {
  readonly setup: TestSetup
  readonly startedAt: number
  readonly happenings: readonly Happening[]
  /** What the test's clock showed (`sim`) at an instant of ours (`real`), epoch ms. */
  readonly clock: { readonly sim: number; readonly real: number }
  readonly run: ShownTestRun | null
  readonly lit: number
}

/**
 * Where a test stands.
 *
 *   ready ──start──► asking ──► lighting moment after moment ──► standing ──time passes, something happens──► asking
 *     ▲                                                             │ out of the journey: it stays so
 *     └──────────────────────────── end ────────────────────────────┘
 */
interface TestState {
  readonly test: Test | null
  readonly error: unknown
  readonly asking: boolean
}

/** How long a moment is lit before the next, ms. */
const LIT_MS = 600

const nothing: TestState = { test: null, error: null, asking: false }

/** What the clock of a test shows. */
export function timeOf({ setup, clock }: Test, now: number): number {
  return clock.sim + (now - clock.real) * paces[setup.pace]
}

/** One test at a time; the server keeps nothing of it, so leaving the page ends it. */
export function useTestRun() {
  const [state, setState] = useState<TestState>(nothing)
  const ask = useCallback((test: Test, until: number): void => {
    const { setup, startedAt, happenings } = test
    const asked = { ...test, clock: { sim: until, real: Date.now() } }
    setState({ test: asked, error: null, asking: true })
    const { definition, person, entry } = setup
    call('testJourney', { body: { definition, person, entry, startedAt, happenings: [...happenings], until } }).then(
      (run) => setState((now) => (now.test === asked ? { test: { ...asked, run }, error: null, asking: false } : now)),
      (error: unknown) => setState((now) => (now.test === asked ? { test: asked, error, asking: false } : now)),
    )
  }, [])
  const start = useCallback(
    (setup: TestSetup): void => {
      const startedAt = Date.now()
      ask({ setup, startedAt, happenings: [], clock: { sim: startedAt, real: startedAt }, run: null, lit: 0 }, startedAt)
    },
    [ask],
  )
  const end = useCallback(() => setState(nothing), [])
  const { test, error, asking } = state
  useEffect(() => {
    if (test === null || test.run === null || asking || error !== null) return
    const { run, lit, setup } = test
    const until = run.standing?.until ?? null
    const step = (): void => {
      if (lit < run.moments.length) setState((now) => (now.test === test ? { ...now, test: { ...test, lit: lit + 1 } } : now))
      else if (until !== null) ask(test, Math.max(until, timeOf(test, Date.now())))
    }
    if (lit < run.moments.length) {
      const timer = setTimeout(step, LIT_MS)
      return () => clearTimeout(timer)
    }
    if (until === null || (setup.pace === 'skip' && run.standing?.listens === true)) return
    const wait = setup.pace === 'skip' ? LIT_MS : (until - timeOf(test, Date.now())) / paces[setup.pace]
    // Longer than a browser's timers can be is longer than anybody looks.
    if (wait > 2 ** 31 - 1) return
    const timer = setTimeout(step, Math.max(0, wait))
    return () => clearTimeout(timer)
  }, [test, error, asking, ask])
  const happen = (happening: Omit<Happening, 'at'>): void => {
    if (test === null) return
    const at = Math.round(timeOf(test, Date.now()))
    ask({ ...test, happenings: [...test.happenings, { ...happening, at }] }, at)
  }
  const passTime = (): void => {
    const until = test?.run?.standing?.until ?? null
    if (test !== null && until !== null) ask(test, until)
  }
  const again = (): void => {
    if (test !== null) ask(test, test.clock.sim)
  }
  return { state, start, end, happen, passTime, again }
}
