import { useState } from 'react'
import type { Weekday } from '@throughline/contracts'
import { NumberField, Pick } from '../../../segments/editors/parts/fields.tsx'
import { WeekdaysField } from '../../../segments/editors/parts/calendar-fields.tsx'
import fields from '../../../segments/editors/parts/parts.module.css'

interface TimeProps {
  readonly label: string
  /** `09:30`; empty while nothing is said. */
  readonly value: string
  readonly wrong: boolean
  readonly onChange: (value: string) => void
}

/** A time on the clocks. */
export function ClockField({ label, value, wrong, onChange }: TimeProps) {
  return (
    <input
      type="time"
      className={fields.field}
      aria-label={label}
      aria-invalid={wrong}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** Whose clocks are meant. */
export function ZoneField({
  value,
  onChange,
}: {
  readonly value: 'person' | 'shop'
  readonly onChange: (zone: 'person' | 'shop') => void
}) {
  return (
    <Pick
      label="Whose clocks"
      value={value}
      options={[
        ['person', 'by their own clock'],
        ['shop', 'by the shop’s clock'],
      ]}
      onChange={onChange}
    />
  )
}

interface DaysFromProps {
  /** Below zero: before the day; NaN while nothing is said. */
  readonly days: number
  readonly wrong: boolean
  readonly onChange: (days: number) => void
}

/** So many days before or after a day. Which of the two stays while the number is typed anew. */
export function DaysFromFields({ days, wrong, onChange }: DaysFromProps) {
  const [chosen, choose] = useState<'before' | 'after'>(days < 0 ? 'before' : 'after')
  const side = days < 0 ? 'before' : days > 0 ? 'after' : chosen
  const say = (n: number, which: 'before' | 'after'): void => {
    choose(which)
    onChange(which === 'before' && n !== 0 ? -n : n)
  }
  return (
    <>
      <NumberField label="How many days" whole value={Math.abs(days)} wrong={wrong} onChange={(n) => say(Math.abs(n), side)} />
      <Pick
        label="Before or after"
        value={side}
        options={[
          ['before', 'days before the day of'],
          ['after', 'days after the day of'],
        ]}
        onChange={(which) => say(Math.abs(days), which)}
      />
    </>
  )
}

interface DaysProps {
  readonly what: string
  readonly days: readonly Weekday[] | undefined
  readonly onChange: (days: Weekday[] | undefined) => void
}

/** Days of the week; none chosen means every day. */
export function DaysField({ what, days = [], onChange }: DaysProps) {
  return (
    <>
      <WeekdaysField
        what={what}
        days={days}
        wrong={false}
        onChange={(next) => onChange(next.length === 0 || next.length === 7 ? undefined : next)}
      />
      {days.length === 0 ? <span className="dim">on any day</span> : null}
    </>
  )
}

/** ` on Monday or Friday` */
export function daysInWords(on: readonly Weekday[] | undefined): string {
  return on === undefined ? '' : ` on ${on.map((day) => day.slice(0, 1).toUpperCase() + day.slice(1)).join(' or ')}`
}
