import { weekdays } from '@throughline/contracts'
import type { ComparisonOf, Weekday } from '@throughline/contracts'
import { NumberField, Pick } from './fields.tsx'
import styles from './parts.module.css'

type Anniversary = ComparisonOf<'anniversary'>
type Round = 'today' | 'next' | 'last' | 'around'

interface AnniversaryProps {
  readonly what: string
  readonly compare: Anniversary
  readonly isWrong: (field: string) => boolean
  readonly onChange: (compare: Anniversary) => void
}

/** A day of the year, such as a birthday, around today. */
export function AnniversaryFields({ what, compare, isWrong, onChange }: AnniversaryProps) {
  const { daysBefore, daysAfter } = compare
  const round: Round =
    daysBefore !== undefined && daysAfter !== undefined
      ? 'around'
      : daysBefore !== undefined
        ? 'next'
        : daysAfter !== undefined
          ? 'last'
          : 'today'
  const made: Record<Round, Anniversary> = {
    today: { op: 'anniversary' },
    next: { op: 'anniversary', daysBefore: daysBefore ?? daysAfter ?? 7 },
    last: { op: 'anniversary', daysAfter: daysAfter ?? daysBefore ?? 7 },
    around: { op: 'anniversary', daysBefore: daysBefore ?? 3, daysAfter: daysAfter ?? 3 },
  }
  return (
    <>
      <Pick
        label={`When ${what} comes round`}
        value={round}
        options={[
          ['today', 'today'],
          ['next', 'today or in the next'],
          ['last', 'today or in the last'],
          ['around', 'around today: in the next'],
        ]}
        onChange={(next) => onChange(made[next])}
      />
      {daysBefore === undefined ? null : (
        <NumberField
          label="Days ahead"
          whole
          value={daysBefore}
          wrong={isWrong('daysBefore')}
          onChange={(next) => onChange({ ...compare, daysBefore: next })}
        />
      )}
      {round === 'around' ? <span>or the last</span> : null}
      {daysAfter === undefined ? null : (
        <NumberField
          label="Days back"
          whole
          value={daysAfter}
          wrong={isWrong('daysAfter')}
          onChange={(next) => onChange({ ...compare, daysAfter: next })}
        />
      )}
      {round === 'today' ? null : <span>days</span>}
      <span>, whatever the year</span>
    </>
  )
}

interface WeekdaysProps {
  readonly what: string
  readonly days: readonly Weekday[]
  readonly wrong: boolean
  readonly onChange: (days: Weekday[]) => void
}

/** Some days of the week. */
export function WeekdaysField({ what, days, wrong, onChange }: WeekdaysProps) {
  return (
    <fieldset className={styles.days} aria-invalid={wrong}>
      <legend className="vh">Days of {what}</legend>
      {weekdays.map((day) => (
        <label key={day}>
          <input
            type="checkbox"
            className="vh"
            checked={days.includes(day)}
            onChange={(event) => onChange(weekdays.filter((one) => (one === day ? event.currentTarget.checked : days.includes(one))))}
          />
          <span>
            {day.slice(0, 1).toUpperCase()}
            {day.slice(1, 3)}
            <span className="vh">{day.slice(3)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
