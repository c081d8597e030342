import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { rfmGroups } from '@throughline/contracts'
import type { RfmDays, RfmGroup } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { minorToMajor } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Panel } from '../../../ui/panel.tsx'
import { beginOf } from './begin.ts'
import type { Current } from './rfm.tsx'
import styles from './rfm.module.css'

const percent = (part: number, whole: number): string => (whole <= 0 ? '–' : `${Math.round((100 * part) / whole)} %`)

/** The ten groups: how many, what they spent, and how many there were on each of the last 90 days. */
export function Groups({ current, currency }: { readonly current: Current; readonly currency: string }) {
  const format = useFormat()
  const days = useQuery({ ...ask('rfmDays', { query: { days: '90' } }), refetchInterval: 60_000 })
  return (
    <Panel title="The groups" flush>
      <div className={styles.scroll} role="region" aria-label="The groups" tabIndex={0}>
        <table className={`${styles.table} ${styles.wide}`}>
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col" className={styles.figure}>
                People
              </th>
              <th scope="col" className={styles.figure}>
                of all
              </th>
              <th scope="col" className={styles.figure}>
                Money
              </th>
              <th scope="col" className={styles.figure}>
                of all
              </th>
              <th scope="col">Last 90 days</th>
              <th scope="col">
                <span className="vh">Segment</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rfmGroups.map(({ id, name, says }) => {
              const { people, revenue } = current.groups.find(({ group }) => group === id)!
              return (
                <tr key={id}>
                  <th scope="row">
                    {name} <span className={styles.says}>{says}</span>
                  </th>
                  <td className={styles.figure}>{format.number(people)}</td>
                  <td className={styles.figure}>{percent(people, current.people)}</td>
                  <td className={styles.figure}>{format.money(minorToMajor(revenue, currency))}</td>
                  <td className={styles.figure}>{percent(revenue, current.revenue)}</td>
                  <td>{days.data === undefined ? null : <Curve group={id} days={days.data.days} />}</td>
                  <td>
                    <Link to="/segments/_new" search={{ from: beginOf(id) }} className="link" aria-label={`Make a segment of ${name}`}>
                      Make a segment
                    </Link>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function Curve({ group, days }: { readonly group: RfmGroup; readonly days: RfmDays['days'] }) {
  const format = useFormat()
  const counts = days.map((day) => day.groups.find((one) => one.group === group)?.people ?? 0)
  const first = days[0]
  if (first === undefined || counts.length < 2) return <span className="dim">from tomorrow on</span>
  const most = Math.max(1, ...counts)
  const points = counts.map((count, index) => `${(index / (counts.length - 1)) * 100},${23 - (count / most) * 22}`)
  const words = `${format.number(counts[0]!)} on ${format.calendarDay(first.day)}, ${format.number(counts.at(-1)!)} on ${format.calendarDay(days.at(-1)!.day)}`
  return (
    <svg className={styles.curve} viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      <polyline points={points.join(' ')} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}
