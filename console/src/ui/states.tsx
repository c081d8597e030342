import type { ReactNode } from 'react'
import { Button, Skeleton } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { explain } from '../api/failure.ts'
import styles from './states.module.css'

/** What is shown while the first answer is on its way: grey lines in the shape of a list. */
export function Pending({ what, rows = 6, height = 44 }: { readonly what: string; readonly rows?: number; readonly height?: number }) {
  return (
    <div className={styles.pending} role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height - 12} width={`${100 - ((index * 37) % 24)}%`} radius={4} />
      ))}
    </div>
  )
}

/** An error: its cause, what to do, and the technique folded away. */
export function Failure({ error, retry, what }: { readonly error: unknown; readonly retry?: () => void; readonly what?: string }) {
  const { cause, remedy, technique } = explain(error)
  return (
    <div className={styles.failure} role="alert">
      <IconAlertTriangle size={20} aria-hidden className={styles.failureMark} />
      <div className={styles.failureWords}>
        <p className={styles.failureTitle}>{what === undefined ? cause : `${what} could not be loaded. ${cause}`}</p>
        <p className="soft">{remedy}</p>
        {retry === undefined ? null : (
          <Button variant="default" size="xs" leftSection={<IconRefresh size={14} aria-hidden />} onClick={retry}>
            Try again
          </Button>
        )}
        {technique === '' ? null : (
          <details className={styles.technique}>
            <summary>Technical details</summary>
            <code className="mono break">{technique}</code>
          </details>
        )}
      </div>
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** An empty state says why it is empty and what to do about it. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <svg className={styles.emptyMark} viewBox="0 0 96 24" width="96" height="24" aria-hidden>
        <path
          d="M2 18c16 0 20-12 46-12s30 12 46 12"
          fill="none"
          stroke="var(--line-strong)"
          strokeWidth="2"
          strokeDasharray="3 5"
          strokeLinecap="round"
        />
        <circle cx="48" cy="6" r="4" fill="var(--surface)" stroke="var(--line-strong)" strokeWidth="2" />
      </svg>
      <p className={styles.emptyTitle}>{title}</p>
      {children === undefined ? null : <div className={styles.emptyWords}>{children}</div>}
      {action === undefined ? null : <div className={styles.emptyAction}>{action}</div>}
    </div>
  )
}

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>
  /** Plural, as in "people": for the skeleton's name and the error's sentence. */
  readonly what: string
  readonly pending?: ReactNode
  readonly children: (data: T) => ReactNode
}

/** Shows a query: skeleton, error with retry, or its data; with a note above data that could not be renewed. */
export function Loaded<T>({ query, what, pending, children }: LoadedProps<T>) {
  if (query.data === undefined) {
    if (query.error !== null && !query.isFetching)
      return <Failure error={query.error} what={what[0]?.toUpperCase() + what.slice(1)} retry={() => void query.refetch()} />
    return pending ?? <Pending what={what} />
  }
  return (
    <>
      <Stale query={query} />
      {children(query.data)}
    </>
  )
}

/** What the server says about data that is not whole at the moment. */
export function Note({ children }: { readonly children: string }) {
  return (
    <p className={styles.stale} role="status">
      {children}
    </p>
  )
}

/** The note above data that could not be renewed. */
export function Stale({ query }: { readonly query: Pick<UseQueryResult, 'error' | 'data' | 'refetch' | 'isFetching'> }) {
  if (query.error === null || query.data === undefined) return null
  return (
    <div className={styles.stale} role="status">
      <span>{explain(query.error).cause} What you see is the last answer.</span>
      <button type="button" className={styles.staleRetry} onClick={() => void query.refetch()}>
        Try again
      </button>
    </div>
  )
}
