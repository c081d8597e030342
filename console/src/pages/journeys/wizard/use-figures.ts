import { useEffect, useMemo, useRef, useState } from 'react'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { Condition, EventMatch, JourneyAnswers, JourneyEntry, Rehearsal, RouteResponse, TimeBetween } from '@throughline/contracts'
import type { Drafted } from '@throughline/engine'
import { call } from '../../../api/client.ts'
import { ApiFailure } from '../../../api/failure.ts'
import { rehearse } from '../../../api/rehearse.ts'

/** How long after the last change the shop's data are asked, ms. */
const pause = 700
/** Days that a journey is run over while it is still being thought about. */
export const daysBack = 28

export interface Figures {
  /** Who would have come in, what they would have been sent, at what cost; `undefined` while it is being worked out. */
  readonly rehearsal: Rehearsal | undefined
  readonly rehearsing: boolean
  /** Why there is no rehearsal. */
  readonly failure: string | null
  /** Whom it is about, and where they are reached. */
  readonly reach: RouteResponse<'previewSegment'> | undefined
  /** From what starts it to what is hoped for. */
  readonly time: TimeBetween | undefined
  /** From what is hoped for to the goal behind it. */
  readonly further: TimeBetween | undefined
}

/** What the shop's own data say of a journey that is being thought about. */
export function useFigures(answers: JourneyAnswers, drafted: Drafted | null): Figures {
  const [asked] = useDebouncedValue(answers, pause)
  const start = asked.starts[0]
  const where = whereOf(start)
  const reach = useQuery({
    queryKey: ['previewSegment', 'wizard', where],
    queryFn: ({ signal }) => askReach(where, signal),
    enabled: where !== null,
    staleTime: 60_000,
    retry: false,
  })
  const time = useTime(start?.kind === 'event' ? start.on : null, asked.expected)
  const isRepeat = asked.goal.again || asked.goal.on.event !== asked.expected.event
  const further = useTime(isRepeat ? asked.expected : null, asked.goal.on)
  return { ...useRehearsed(drafted), reach: where === null ? undefined : reach.data, time, further }
}

async function askReach(where: Condition | null, signal: AbortSignal): Promise<RouteResponse<'previewSegment'>> {
  if (where === null) throw new Error('There is nobody to ask about.')
  return call('previewSegment', { body: { where, quick: true, parts: ['reach'] } }, signal)
}

function useTime(from: EventMatch | null, to: EventMatch): TimeBetween | undefined {
  const query = useQuery({
    queryKey: ['timeBetween', from, to],
    queryFn: ({ signal }) =>
      from === null ? Promise.reject(new Error('nothing to begin from')) : call('timeBetween', { body: { from, to } }, signal),
    enabled: from !== null && from.event !== '' && to.event !== '',
    staleTime: 60_000,
    retry: false,
  })
  return query.data
}

/** Whom a start is about, as far as a condition can say it: who did it over the last weeks, or who is in the segment. */
function whereOf(start: JourneyEntry | undefined): Condition | null {
  switch (start?.kind) {
    case 'event':
      return start.on.event === '' ? null : { kind: 'event', ...start.on, times: { op: 'at-least', n: 1 }, within: `${daysBack} days` }
    case 'segment':
      return start.segment === '' ? null : { kind: 'segment', segment: start.segment }
    case 'audience':
      return start.segment === undefined ? { kind: 'random', salt: 'all', from: 0, to: 100 } : { kind: 'segment', segment: start.segment }
    default:
      return null
  }
}

/** Runs the journey over the last weeks a moment after it has changed; one that is under way is called off. */
function useRehearsed(drafted: Drafted | null): Pick<Figures, 'rehearsal' | 'rehearsing' | 'failure'> {
  const text = useMemo(() => (drafted === null ? null : JSON.stringify(drafted)), [drafted])
  const [asked] = useDebouncedValue(text, 2 * pause)
  const [found, setFound] = useState<{ readonly of: string; readonly rehearsal?: Rehearsal; readonly failure?: string } | null>(null)
  const running = useRef<AbortController | null>(null)
  useEffect(() => {
    if (asked === null) return undefined
    const { journey, templates } = JSON.parse(asked) as Drafted
    const mine = new AbortController()
    running.current = mine
    let later: ReturnType<typeof setTimeout> | undefined
    const attempt = (): void => {
      rehearse({ definition: journey, days: daysBack, templates }, () => undefined, mine.signal).then(
        (rehearsal) => {
          if (running.current === mine) setFound({ of: asked, rehearsal })
        },
        (error: unknown) => {
          if (mine.signal.aborted) return
          const answer = error instanceof ApiFailure ? error.answer : null
          // Somebody else is rehearsing: theirs is over in a moment.
          if (answer?.code === 'rehearsal_busy') later = setTimeout(attempt, 3_000)
          else setFound({ of: asked, failure: answer?.message ?? 'The figures could not be worked out.' })
        },
      )
    }
    attempt()
    return () => {
      clearTimeout(later)
      mine.abort()
    }
  }, [asked])
  return {
    rehearsal: found?.rehearsal,
    rehearsing: asked !== null && found?.of !== asked,
    failure: found?.of === asked ? (found?.failure ?? null) : null,
  }
}
