import { useFormat } from '../../../format/use-format.ts'
import type { CalendarEntry } from './entries.ts'
import { EntryLink } from './entry-link.tsx'
import styles from './calendar.module.css'

/** What is planned, day by day; days with nothing are left out. */
export function Agenda({ entries, today }: { readonly entries: readonly CalendarEntry[]; readonly today: string }) {
  const format = useFormat()
  const days = [...new Set(entries.map(({ day }) => day))]
  return (
    <ol className={styles.agenda}>
      {days.map((day) => (
        <li key={day} aria-current={day === today ? 'date' : undefined}>
          <h3 className={styles.date}>
            {weekday.format(Date.parse(day))}, {format.calendarDay(day)}
            {day === today ? ' · today' : ''}
          </h3>
          <ul className={styles.entries}>
            {entries
              .filter((one) => one.day === day)
              .map((entry) => (
                <li key={entry.key}>
                  <EntryLink entry={entry} wide />
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}

const weekday = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long' })
