import { useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import type { Format } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Chips } from '../../../ui/chips.tsx'
import { Loaded, Pending } from '../../../ui/states.tsx'
import styles from './segment.module.css'

type History = RouteResponse<'segmentHistory'>
type Day = History['days'][number]

/** Size over time, and who entered and left on each day. */
export function SizeHistory({ id }: { readonly id: string }) {
  const format = useFormat()
  const [days, setDays] = useState<'30' | '90' | '365'>('90')
  const history = useQuery({
    ...ask('segmentHistory', { params: { id }, query: { days } }),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  return (
    <>
      <div className={styles.head}>
        <h3 className="soft" style={{ fontSize: 13, fontWeight: 500 }}>
          Size at the end of each day
        </h3>
        <Chips
          label="How far back"
          value={days}
          options={[
            ['30', '30 days'],
            ['90', '90 days'],
            ['365', 'a year'],
          ]}
          onChange={setDays}
        />
      </div>
      <Loaded query={history} what="the history of its size" pending={<Pending what="the history of its size" rows={3} />}>
        {(data) =>
          data.days.length === 0 ? <p className="soft">Its first day is not over yet.</p> : <Picture history={data} format={format} />
        }
      </Loaded>
    </>
  )
}

const high = 120
const low = 56

function Picture({ history, format }: { readonly history: History; readonly format: Format }) {
  const { days, upTo } = history
  const first = days[0]!
  const last = days.at(-1)!
  const most = Math.max(1, ...days.map((day) => day.size))
  const flow = Math.max(1, ...days.map((day) => Math.max(day.entered + day.filled, day.left + day.dropped)))
  const step = 100 / days.length
  // A day's point stands in the middle of its bars.
  const points = days.map((day, index) => `${(index + 0.5) * step},${high - (day.size / most) * (high - 4)}`)
  const bar = (count: number): number => (count === 0 ? 0 : Math.max(1.5, (count / flow) * (low / 2 - 1)))
  const sum = (of: (day: Day) => number): number => days.reduce((total, day) => total + of(day), 0)
  const entered = sum((day) => day.entered)
  const left = sum((day) => day.left)
  const recounted = sum((day) => day.filled + day.dropped)
  const words = `From ${format.number(first.size)} on ${format.calendarDay(first.day)} to ${format.number(last.size)} now; ${format.number(entered)} entered and ${format.number(left)} left`
  const dayWords = (day: Day): string =>
    [
      `${format.calendarDay(day.day)}: ${counted(format, day.size, 'person', 'people')}`,
      `${format.number(day.entered)} entered, ${format.number(day.left)} left`,
      day.filled + day.dropped === 0 ? undefined : `counted anew: ${format.number(day.filled)} in, ${format.number(day.dropped)} out`,
    ]
      .filter((part) => part !== undefined)
      .join('\n')
  const hover = (height: number) =>
    days.map((day, index) => (
      <rect key={day.day} className={styles.hover} x={index * step} width={step} y={0} height={height}>
        <title>{dayWords(day)}</title>
      </rect>
    ))
  return (
    <>
      <div className={styles.chart}>
        <div className={styles.scale} aria-hidden>
          <span>{format.number(most)}</span>
          <span>0</span>
        </div>
        <svg className={styles.picture} viewBox={`0 0 100 ${high}`} preserveAspectRatio="none" role="img" aria-label={words}>
          {[4, high / 2 + 2, high - 0.5].map((y) => (
            <line key={y} x1="0" x2="100" y1={y} y2={y} className={styles.grid} vectorEffect="non-scaling-stroke" />
          ))}
          <polygon className={styles.area} points={`${step / 2},${high} ${points.join(' ')} ${100 - step / 2},${high}`} />
          <polyline className={styles.line} points={points.join(' ')} vectorEffect="non-scaling-stroke" />
          {hover(high)}
        </svg>
        <div className={styles.scale} aria-hidden>
          <span>+{format.number(flow)}</span>
          <span>−{format.number(flow)}</span>
        </div>
        <svg className={styles.flows} viewBox={`0 0 100 ${low}`} preserveAspectRatio="none" aria-hidden>
          <line x1="0" x2="100" y1={low / 2} y2={low / 2} className={styles.grid} vectorEffect="non-scaling-stroke" />
          {days.map((day, index) => {
            const x = index * step + step * 0.14
            const width = step * 0.72
            const up = bar(day.entered)
            const down = bar(day.left)
            const filled = bar(day.filled)
            const dropped = bar(day.dropped)
            return (
              <g key={day.day}>
                <rect className={styles.in} x={x} width={width} y={low / 2 - up} height={up} />
                <rect className={styles.recount} x={x} width={width} y={low / 2 - up - filled} height={filled} />
                <rect className={styles.out} x={x} width={width} y={low / 2} height={down} />
                <rect className={styles.recount} x={x} width={width} y={low / 2 + down} height={dropped} />
              </g>
            )
          })}
          {hover(low)}
        </svg>
        <div className={styles.days} aria-hidden>
          <span>{format.calendarDay(first.day)}</span>
          <span>today</span>
        </div>
      </div>
      <p className={styles.legend}>
        <span>
          <i style={{ background: 'var(--accent)' }} aria-hidden /> {format.number(entered)} entered
        </span>
        <span>
          <i style={{ background: 'var(--kind-identity)' }} aria-hidden /> {format.number(left)} left
        </span>
        {recounted === 0 ? null : (
          <span>
            <i style={{ background: 'var(--line-strong)' }} aria-hidden /> {format.number(recounted)} by counting anew
          </span>
        )}
        {upTo === null ? null : <span className="dim">up to {format.clock(upTo)}</span>}
      </p>
      <details className={styles.table}>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Size</th>
              <th scope="col">Entered</th>
              <th scope="col">Left</th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.day}>
                <td>{format.calendarDay(day.day)}</td>
                <td>{format.number(day.size)}</td>
                <td>{format.number(day.entered + day.filled)}</td>
                <td>{format.number(day.left + day.dropped)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}
