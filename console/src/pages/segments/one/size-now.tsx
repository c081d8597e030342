import { useQuery } from '@tanstack/react-query'
import { ask } from '../../../api/queries.ts'
import { useFormat } from '../../../format/use-format.ts'
import type { Segment } from '../segment.tsx'
import styles from './segment.module.css'

/** How many are in it, and while its history is being read, how far that is. */
export function SizeNow({ segment }: { readonly segment: Segment }) {
  const format = useFormat()
  const people = useQuery({ ...ask('overview', {}), staleTime: 30_000 })
  const { size, fill } = segment
  const all = people.data?.people ?? 0
  const percent = fill === null ? 100 : Math.floor(fill.share * 100)
  return (
    <>
      <p className={styles.size}>
        <strong>{format.number(size)}</strong>{' '}
        <span className="soft">
          {size === 1 ? 'person' : 'people'}
          {fill === null ? '' : ' so far'}
          {all === 0 ? '' : ` of ${format.number(all)}`}
        </span>
      </p>
      {fill === null ? null : (
        <div className={styles.fill} role="status">
          Being worked out from everybody’s history, {percent} % done. It can be used meanwhile; who comes in by this starts no journey.
          <span
            className={styles.track}
            role="progressbar"
            aria-label="History read"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <span style={{ width: `${percent}%` }} />
          </span>
        </div>
      )}
    </>
  )
}
