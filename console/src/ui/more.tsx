import { useEffect, useRef } from 'react'
import { Button, Loader } from '@mantine/core'
import { Failure } from './states.tsx'

interface MoreProps {
  readonly hasMore: boolean
  readonly loading: boolean
  readonly error: unknown
  readonly load: () => void
  /** Shown when everything has been loaded. */
  readonly end?: string
}

/** The foot of an endless list: loads the next page when it comes into sight, or when its button is pressed. */
export function More({ hasMore, loading, error, load, end }: MoreProps) {
  const foot = useRef<HTMLDivElement>(null)
  const failed = error !== null && error !== undefined
  useEffect(() => {
    const node = foot.current
    if (node === null || !hasMore || loading || failed) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) load()
      },
      { rootMargin: '400px' },
    )
    observer.observe(node)
    return () => observer.disconnect()
  }, [hasMore, loading, failed, load])
  return (
    <div ref={foot} style={{ padding: 12, textAlign: 'center', fontSize: 13 }}>
      {failed ? (
        <Failure error={error} what="The next page" retry={load} />
      ) : loading ? (
        <Loader size="xs" aria-label="Loading more" />
      ) : hasMore ? (
        <Button variant="subtle" size="xs" onClick={load}>
          Load more
        </Button>
      ) : end === undefined ? null : (
        <span className="dim">{end}</span>
      )}
    </div>
  )
}
