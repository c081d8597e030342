import { useCallback, useEffect, useRef, useState } from 'react'
import type { JourneyDefinition, Rehearsal } from '@throughline/contracts'
import { rehearse } from '../../../api/rehearse.ts'

/**
 * Where a rehearsal stands.
 *
 *   ready ──start──► running ──► done │ failed
 *     ▲                 │ stop
 *     └─────────────────┘
 */
export type RehearsalState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'running'; readonly share: number; readonly read: number; readonly people: number }
  | { readonly kind: 'done'; readonly rehearsal: Rehearsal; readonly definition: JourneyDefinition }
  | { readonly kind: 'failed'; readonly error: unknown }

/** One rehearsal at a time; leaving the page ends it. */
export function useRehearsal() {
  const [state, setState] = useState<RehearsalState>({ kind: 'ready' })
  const running = useRef<AbortController | null>(null)
  const stop = useCallback(() => {
    running.current?.abort()
    running.current = null
    setState({ kind: 'ready' })
  }, [])
  const start = useCallback((definition: JourneyDefinition, days: number) => {
    running.current?.abort()
    const mine = new AbortController()
    running.current = mine
    setState({ kind: 'running', share: 0, read: 0, people: 0 })
    rehearse(
      { definition, days },
      ({ share, read, people }) => {
        if (running.current === mine) setState({ kind: 'running', share, read, people })
      },
      mine.signal,
    ).then(
      (rehearsal) => {
        if (running.current === mine) setState({ kind: 'done', rehearsal, definition })
      },
      (error: unknown) => {
        if (running.current === mine) setState({ kind: 'failed', error })
      },
    )
  }, [])
  useEffect(() => () => running.current?.abort(), [])
  return { state, start, stop }
}
