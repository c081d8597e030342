import { useEffect, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { useFormat } from '../../../format/use-format.ts'
import { daysLater } from './entries.ts'
import type { CalendarEntry } from './entries.ts'
import { EntryLink } from './entry-link.tsx'
import styles from './calendar.module.css'

interface MonthProps {
  readonly weeks: readonly (readonly string[])[]
  readonly month: string
  readonly today: string
  readonly entries: readonly CalendarEntry[]
  /** What is planned is still on its way. */
  readonly isPending: boolean
  /** The day on which somebody stands who came here by keyboard; null: nobody. */
  readonly land: string | null
  readonly go: (month: string, day: string) => void
}

const names = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** A month in weeks. Arrows go from day to day, Enter into what is planned on it; from its edge on to the neighbouring month. */
export function Month({ weeks, month, today, entries, isPending, land, go }: MonthProps) {
  const format = useFormat()
  const grid = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(() => land ?? (today.startsWith(month) ? today : `${month}-01`))
  useEffect(() => {
    if (land !== null) grid.current?.querySelector<HTMLElement>(`[data-day="${land}"]`)?.focus()
  }, [land])
  const press = (event: KeyboardEvent<HTMLDivElement>, day: string): void => {
    if (event.key === 'Enter' && event.target === event.currentTarget) event.currentTarget.querySelector('a')?.focus()
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = daysLater(day, step)
    if (!weeks.some((week) => week.includes(next))) {
      go(next.slice(0, 7), next)
      return
    }
    setAt(next)
    grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus()
  }
  return (
    <div ref={grid} className={styles.grid} role="grid" aria-label="Month" aria-busy={isPending}>
      <div role="row" className={styles.week}>
        {names.map((name) => (
          <div key={name} role="columnheader" aria-label={name} className={styles.weekday}>
            {name.slice(0, 3)}
          </div>
        ))}
      </div>
      {weeks.map((week) => (
        <div key={week[0]} role="row" className={styles.week}>
          {week.map((day) => {
            const here = entries.filter((one) => one.day === day)
            return (
              <div
                key={day}
                role="gridcell"
                data-day={day}
                tabIndex={day === at ? 0 : -1}
                className={`${styles.day} ${day.startsWith(month) ? '' : styles.other} ${day === today ? styles.today : ''}`}
                aria-current={day === today ? 'date' : undefined}
                aria-label={`${format.calendarDay(day)}, ${isPending ? 'loading what is planned' : here.length === 0 ? 'nothing planned' : `${here.length} planned`}`}
                onFocus={() => setAt(day)}
                onKeyDown={(event) => press(event, day)}
              >
                <span className={styles.number}>{Number(day.slice(8))}</span>
                <ul className={styles.entries}>
                  {here.map((entry) => (
                    <li key={entry.key}>
                      <EntryLink entry={entry} />
                    </li>
                  ))}
                </ul>
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}
