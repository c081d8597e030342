import type { WindowFields } from '@throughline/contracts'
import { DayField, DurationField, NumberField, Pick } from './fields.tsx'
import { SuggestField } from './suggest-field.tsx'

type When = 'ever' | 'within' | 'days' | 'between' | 'since' | 'until' | 'trait'

const whens: readonly (readonly [When, string])[] = [
  ['ever', 'ever'],
  ['within', 'in the last'],
  ['days', 'in the last (calendar days)'],
  ['between', 'between'],
  ['since', 'since'],
  ['until', 'until'],
  ['trait', 'since the date in their trait'],
]

function whenOf({ within, calendarDays, between, since }: WindowFields): When {
  if (since !== undefined) return 'trait'
  if (within !== undefined) return 'within'
  if (calendarDays !== undefined) return 'days'
  if (between === undefined) return 'ever'
  return between.from === undefined ? 'until' : between.to === undefined ? 'since' : 'between'
}

function windowOf(when: When): WindowFields {
  switch (when) {
    case 'ever':
      return {}
    case 'within':
      return { within: '30 days' }
    case 'days':
      return { calendarDays: 7 }
    case 'between':
      return { between: { from: '', to: '' } }
    case 'since':
      return { between: { from: '' } }
    case 'until':
      return { between: { to: '' } }
    case 'trait':
      return { since: { trait: '' } }
    default:
      return when satisfies never
  }
}

/** The condition with another window, and with no trace of the one before. */
export function withWindow<C extends WindowFields>(condition: C, window: WindowFields): C {
  const { within: _, calendarDays: __, between: ___, since: ____, ...rest } = condition
  // The four fields are optional in every condition that has them.
  return { ...rest, ...window } as C
}

/** Those that do not move with the clock. */
const fixedWhens = whens.filter(([when]) => when === 'ever' || when === 'between' || when === 'since' || when === 'until')

interface WindowProps {
  readonly value: WindowFields
  /** Only windows that do not move are offered. */
  readonly fixed?: boolean
  readonly isWrong: (field: string) => boolean
  readonly onChange: (window: WindowFields) => void
}

/** Which time it is about: ever, a window that slides with the clock or the calendar, or a fixed one. */
export function WindowField({ value, fixed = false, isWrong, onChange }: WindowProps) {
  const { within, calendarDays, between, since } = value
  const when = whenOf(value)
  return (
    <>
      <Pick label="When" value={when} options={fixed ? fixedWhens : whens} onChange={(next) => onChange(windowOf(next))} />
      {within === undefined ? null : (
        <DurationField label="How long" value={within} wrong={isWrong('within')} onChange={(next) => onChange({ within: next })} />
      )}
      {calendarDays === undefined ? null : (
        <>
          <NumberField
            label="How many days"
            whole
            value={calendarDays}
            wrong={isWrong('calendarDays')}
            onChange={(next) => onChange({ calendarDays: next })}
          />
          <span>{calendarDays === 1 ? 'day: today' : 'days'}</span>
        </>
      )}
      {since === undefined ? null : (
        <SuggestField
          label="Trait that says since when"
          placeholder="trait, such as renewal_date"
          wanted={{ of: 'traits' }}
          value={since.trait}
          wrong={isWrong('since.trait')}
          onChange={(trait) => onChange({ since: { trait } })}
        />
      )}
      {between?.from === undefined ? null : (
        <DayField
          label="From"
          value={between.from}
          wrong={isWrong('between')}
          onChange={(from) => onChange({ between: { ...between, from } })}
        />
      )}
      {when === 'between' ? <span>and</span> : null}
      {between?.to === undefined ? null : (
        <DayField label="To" value={between.to} wrong={isWrong('between')} onChange={(to) => onChange({ between: { ...between, to } })} />
      )}
    </>
  )
}
