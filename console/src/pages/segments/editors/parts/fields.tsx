import { useState } from 'react'
import { msToDuration, durationToMs } from '@throughline/contracts'
import type { Duration } from '@throughline/contracts'
import { isEventValue, useEventValues } from './event-values.ts'
import styles from './parts.module.css'

interface PickProps<T extends string> {
  /** For a screen reader. */
  readonly label: string
  readonly value: T
  /** With a heading as third part, those of one heading stand together. */
  readonly options: readonly (readonly [value: T, words: string, under?: string])[]
  readonly onChange: (value: T) => void
  /** Of minor importance: drawn without a ground. */
  readonly quiet?: boolean
}

/** One of a few words in a sentence. */
export function Pick<T extends string>({ label, value, options, onChange, quiet = false }: PickProps<T>) {
  const headings = [...new Set(options.map(([, , under = '']) => under))]
  return (
    <select
      className={`${styles.field} ${styles.pick} ${quiet ? styles.quiet : ''}`}
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = options.find(([one]) => one === event.currentTarget.value)
        if (chosen !== undefined) onChange(chosen[0])
      }}
    >
      {headings.map((heading) => {
        const here = options
          .filter(([, , under = '']) => under === heading)
          .map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))
        return heading === '' ? (
          here
        ) : (
          <optgroup key={heading} label={heading}>
            {here}
          </optgroup>
        )
      })}
    </select>
  )
}

interface NumberProps {
  readonly label: string
  readonly value: number
  readonly wrong?: boolean
  readonly whole?: boolean
  /** Whether a value of the shop's event may stand for the number. */
  readonly orEventValue?: boolean
  /** NaN while there is no number. */
  readonly onChange: (value: number) => void
}

/** A number in a sentence. Decimal commas are taken as points. */
export function NumberField({ label, value, wrong = false, whole = false, orEventValue = false, onChange }: NumberProps) {
  const numberOf = orEventValue ? numberOrEventValue : plainNumber
  const [text, setText] = useState(Number.isNaN(value) ? '' : String(value))
  const [shown, setShown] = useState(value)
  // Undo and the like change the value from outside.
  if (!Object.is(shown, value)) {
    setShown(value)
    if (!Object.is(numberOf(text), value)) setText(Number.isNaN(value) ? '' : String(value))
  }
  return (
    <input
      className={`${styles.field} ${orEventValue ? styles.orEventValue : styles.number}`}
      aria-label={label}
      aria-invalid={wrong}
      inputMode={orEventValue ? 'text' : whole ? 'numeric' : 'decimal'}
      spellCheck={false}
      autoComplete="off"
      value={text}
      placeholder="…"
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        setShown(numberOf(next))
        onChange(numberOf(next))
      }}
    />
  )
}

function plainNumber(text: string): number {
  const plain = text.trim().replace(',', '.')
  return plain === '' ? Number.NaN : Number(plain)
}

/** A reference stands in the condition as it is typed, where its type says a number. */
function numberOrEventValue(text: string): number {
  const typed = text.trim()
  return isEventValue(typed) ? (typed as unknown as number) : plainNumber(text)
}

interface TextProps {
  readonly label: string
  readonly value: string
  readonly wrong?: boolean
  readonly placeholder?: string
  readonly onChange: (value: string) => void
}

/** A word or two in a sentence. */
export function TextField({ label, value, wrong = false, placeholder, onChange }: TextProps) {
  return (
    <input
      className={`${styles.field} ${styles.text}`}
      aria-label={label}
      aria-invalid={wrong}
      autoComplete="off"
      spellCheck={false}
      value={value}
      placeholder={placeholder ?? '…'}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

const units = ['minute', 'hour', 'day', 'week'] as const
type Unit = (typeof units)[number]
const unitMs: Record<Unit, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 }

interface DurationProps {
  readonly label: string
  readonly value: Duration
  readonly wrong?: boolean
  /** Empty while there is no number. */
  readonly onChange: (value: Duration) => void
}

/** A length of time in a sentence: a number and its unit. */
export function DurationField({ label, value, wrong = false, onChange }: DurationProps) {
  const [count, unit] = partsOf(value)
  const [kept, setKept] = useState<Unit>(unit ?? 'day')
  const shown = unit ?? kept
  const say = (n: number, of: Unit): void => {
    setKept(of)
    onChange(Number.isNaN(n) ? '' : `${n} ${of}${n === 1 ? '' : 's'}`)
  }
  return (
    <span className={styles.together}>
      <NumberField label={label} value={count} wrong={wrong} whole onChange={(n) => say(n, shown)} />
      <Pick
        label={`${label}: unit`}
        value={shown}
        options={units.map((one) => [one, count === 1 ? one : `${one}s`])}
        onChange={(of) => say(count, of)}
      />
    </span>
  )
}

/** `30 days` as 30 and day. Seconds, which nobody sets here, become the unit that says them without a fraction, or minutes. */
function partsOf(value: Duration): readonly [count: number, unit: Unit | undefined] {
  const match = /^(\S+) (\w+?)s?$/.exec(value)
  const unit = units.find((one) => one === match?.[2])
  if (match === null) return [Number.NaN, undefined]
  if (unit !== undefined) return [Number(match[1]), unit]
  try {
    const ms = durationToMs(value)
    const [n, whole] = msToDuration(ms).split(' ')
    const found = units.find((one) => whole?.startsWith(one))
    return found === undefined ? [ms / unitMs.minute, 'minute'] : [Number(n), found]
  } catch {
    return [Number.NaN, undefined]
  }
}

interface DayProps {
  readonly label: string
  /** `2026-05-31`, or an instant that was written into a file. */
  readonly value: string
  readonly wrong?: boolean
  readonly onChange: (value: string) => void
}

/** A day in a sentence. An instant, which only files hold, is shown as the text that it is. */
export function DayField({ label, value, wrong = false, onChange }: DayProps) {
  const mayBeOfEvent = useEventValues()
  const named = /^\{event\.(.*)\}$/s.exec(value)?.[1]
  const field =
    mayBeOfEvent && named !== undefined ? (
      <TextField
        label={`${label}: property of the event`}
        placeholder="property, such as ends"
        value={named}
        wrong={wrong}
        onChange={(next) => onChange(`{event.${next.trim()}}`)}
      />
    ) : /[T ]/.test(value) ? (
      <TextField label={label} value={value} wrong={wrong} onChange={onChange} />
    ) : (
      <input
        type="date"
        className={styles.field}
        aria-label={label}
        aria-invalid={wrong}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  if (!mayBeOfEvent) return field
  return (
    <span className={styles.together}>
      <Pick
        label={`${label}: whose`}
        quiet
        value={named === undefined ? 'day' : 'event'}
        options={[
          ['day', 'the day'],
          ['event', 'the event’s'],
        ]}
        onChange={(next) => onChange(next === 'event' ? '{event.}' : '')}
      />
      {field}
    </span>
  )
}

/** A day and a time of it, by the shop's clocks. A text that says how far its clock is from UTC is edited as text. */
export function MomentField({ label, value, wrong = false, onChange }: DayProps) {
  const plain = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?$/.exec(value)
  return value !== '' && plain === null ? (
    <TextField label={label} value={value} wrong={wrong} onChange={onChange} />
  ) : (
    <input
      type="datetime-local"
      className={styles.field}
      aria-label={label}
      aria-invalid={wrong}
      value={plain === null ? '' : `${plain[1]}T${plain[2] ?? '00:00'}`}
      onChange={(event) => onChange(event.currentTarget.value.slice(0, 16).replace('T', ' '))}
    />
  )
}
