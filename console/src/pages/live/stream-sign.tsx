import { useEffect, useState } from 'react'
import type { StreamState } from '../../api/live.ts'
import styles from './live.module.css'

/** Says whether the stream flows. */
export function StreamSign({ state, paused }: { readonly state: StreamState; readonly paused: boolean }) {
  const look = state.kind === 'lost' ? styles.lost : state.kind === 'live' && !paused ? styles.live : ''
  return (
    <span className={styles.sign} role="status">
      <span className={`${styles.dot} ${look}`} aria-hidden />
      {state.kind === 'lost' ? (
        <span>
          Connection lost. Trying again <Countdown until={state.retryAt} />
        </span>
      ) : state.kind === 'connecting' ? (
        'Connecting'
      ) : paused ? (
        'Paused; what comes in waits'
      ) : (
        'Live'
      )}
    </span>
  )
}

function Countdown({ until }: { readonly until: number }) {
  const [, redraw] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => redraw((count) => count + 1), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.ceil((until - Date.now()) / 1_000)
  return <span aria-hidden>{seconds <= 1 ? 'now' : `in ${seconds} s`}</span>
}
