import { useEffect, useRef, useState } from 'react'
import { followEvents } from '../../api/live.ts'
import type { LiveEvent, StreamState } from '../../api/live.ts'

/** How many events are kept, and how often the page is drawn anew, ms. */
const kept = 500
const beat = 200

/** Newest first, each once, at most {@link kept}. */
export function mergeEvents(present: readonly LiveEvent[], coming: readonly LiveEvent[]): readonly LiveEvent[] {
  const ids = new Set(present.map((event) => event.id))
  const fresh = coming.filter((event) => !ids.has(event.id) && ids.add(event.id))
  if (fresh.length === 0) return present
  return [...fresh, ...present].sort((a, b) => b.receivedAt - a.receivedAt).slice(0, kept)
}

interface Stream {
  readonly events: readonly LiveEvent[]
  /** How many have come since the pause began. */
  readonly waiting: number
  readonly state: StreamState
  /** Whether the latest events have been asked for, so that none means none. */
  readonly ready: boolean
}

/** The live stream as it is shown: events gather and are drawn a few times a second; while paused they wait. */
export function useStream(paused: boolean): Stream {
  const [events, setEvents] = useState<readonly LiveEvent[]>([])
  const [waiting, setWaiting] = useState(0)
  const [state, setState] = useState<StreamState>({ kind: 'connecting', attempt: 0 })
  const [ready, setReady] = useState(false)
  const gathered = useRef<LiveEvent[]>([])
  useEffect(
    () =>
      followEvents((coming) => {
        setReady(true)
        gathered.current.push(...coming)
        if (gathered.current.length > kept * 2) gathered.current.splice(0, gathered.current.length - kept)
      }, setState),
    [],
  )
  useEffect(() => {
    const draw = (): void => {
      if (paused) {
        setWaiting(gathered.current.length)
        return
      }
      setWaiting(0)
      const coming = gathered.current.splice(0)
      if (coming.length > 0) setEvents((present) => mergeEvents(present, coming))
    }
    draw()
    const timer = setInterval(draw, beat)
    return () => clearInterval(timer)
  }, [paused])
  return { events, waiting, state, ready }
}
