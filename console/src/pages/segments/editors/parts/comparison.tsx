import type { Comparison, ComparisonOf, ComparisonOp } from '@throughline/contracts'
import { offered, withOp } from './comparisons.ts'
import type { ValueType } from './comparisons.ts'
import { AnniversaryFields, WeekdaysField } from './calendar-fields.tsx'
import { DayField, DurationField, NumberField, Pick, TextField } from './fields.tsx'
import { useEventValues } from './event-values.ts'
import type { Wanted } from './shop-words.ts'
import { SuggestField } from './suggest-field.tsx'
import { ValueField } from './value-field.tsx'
import { ValuesField } from './values-field.tsx'

interface ComparisonProps {
  /** What is compared, for a screen reader. */
  readonly what: string
  readonly compare: Comparison
  /** What has been seen there, most frequent first; empty while nothing is known. */
  readonly types: readonly ValueType[]
  /** Where values to suggest come from. */
  readonly values: Wanted
  /** What cannot be asked here. */
  readonly without?: readonly ComparisonOp[]
  readonly isWrong: (field: string) => boolean
  readonly onChange: (compare: Comparison) => void
}

/** How a value is compared, and with what: the words and the field fit the type of the value. */
export function ComparisonFields({ without, ...props }: ComparisonProps) {
  const { what, compare, types, onChange } = props
  const eventValues = useEventValues()
  return (
    <>
      <Pick
        label={`How ${what} is compared`}
        value={compare.op}
        options={offered(types, compare.op, without)}
        onChange={(op) => onChange(withOp(compare, op, eventValues))}
      />
      <With {...props} />
    </>
  )
}

function With({ what, compare, types, values, isWrong, onChange }: Omit<ComparisonProps, 'without'>) {
  const label = `Value of ${what}`
  const orEventValue = useEventValues()
  switch (compare.op) {
    case 'is':
    case 'is-not':
      return (
        <ValueField
          label={label}
          value={compare.value}
          types={types}
          wanted={values}
          wrong={isWrong('value')}
          onChange={(value) => onChange({ ...compare, value })}
        />
      )
    case 'one-of':
    case 'has-any':
    case 'has-all':
    case 'has-none':
      return (
        <ValuesField
          label={`Values of ${what}`}
          values={compare.values}
          types={types}
          wanted={values}
          wrong={isWrong('values')}
          onChange={(values) => onChange({ ...compare, values: [...values] })}
        />
      )
    case 'contains':
    case 'begins':
    case 'ends':
      return <TextFields label={label} compare={compare} wanted={values} wrong={isWrong('value')} onChange={onChange} />
    case 'matches':
      return (
        <TextField
          label={`Pattern of ${what}`}
          placeholder="^SKU-\d+"
          value={compare.pattern}
          wrong={isWrong('pattern')}
          onChange={(pattern) => onChange({ op: 'matches', pattern })}
        />
      )
    case 'version-at-least':
    case 'version-less':
      return (
        <>
          <TextField
            label={`Version of ${what}`}
            placeholder="4.12"
            value={compare.version}
            wrong={isWrong('version')}
            onChange={(version) => onChange({ ...compare, version })}
          />
          {compare.op === 'version-at-least' ? <span>or later</span> : null}
        </>
      )
    case 'greater':
    case 'at-least':
    case 'less':
    case 'at-most':
      return (
        <NumberField
          label={label}
          value={compare.value}
          wrong={isWrong('value')}
          orEventValue={orEventValue}
          onChange={(value) => onChange({ ...compare, value })}
        />
      )
    case 'between':
      return (
        <>
          <NumberField
            label={`${label}: from`}
            value={compare.from}
            wrong={isWrong('from')}
            orEventValue={orEventValue}
            onChange={(from) => onChange({ ...compare, from })}
          />
          <span>and</span>
          <NumberField
            label={`${label}: to`}
            value={compare.to}
            wrong={isWrong('to')}
            orEventValue={orEventValue}
            onChange={(to) => onChange({ ...compare, to })}
          />
        </>
      )
    case 'before':
    case 'after':
      return (
        <DayField
          label={`Day of ${what}`}
          value={compare.date}
          wrong={isWrong('date')}
          onChange={(date) => onChange({ ...compare, date })}
        />
      )
    case 'between-dates':
      return (
        <>
          <DayField
            label={`${label}: from`}
            value={compare.from}
            wrong={isWrong('from')}
            onChange={(from) => onChange({ ...compare, from })}
          />
          <span>and</span>
          <DayField label={`${label}: to`} value={compare.to} wrong={isWrong('to')} onChange={(to) => onChange({ ...compare, to })} />
        </>
      )
    case 'in-last':
    case 'in-next':
    case 'longer-ago':
      return (
        <DurationField
          label={`Time of ${what}`}
          value={compare.time}
          wrong={isWrong('time')}
          onChange={(time) => onChange({ ...compare, time })}
        />
      )
    case 'anniversary':
      return <AnniversaryFields what={what} compare={compare} isWrong={isWrong} onChange={onChange} />
    case 'weekday':
      return (
        <WeekdaysField what={what} days={compare.days} wrong={isWrong('days')} onChange={(days) => onChange({ op: 'weekday', days })} />
      )
    case 'exists':
    case 'missing':
    case 'empty':
    case 'not-empty':
      return null
    default:
      return compare satisfies never
  }
}

interface TextProps {
  readonly label: string
  readonly compare: ComparisonOf<'contains' | 'begins' | 'ends'>
  readonly wanted: Wanted
  readonly wrong: boolean
  readonly onChange: (compare: Comparison) => void
}

function TextFields({ label, compare, wanted, wrong, onChange }: TextProps) {
  const { ignoreCase = false, ...exact } = compare
  return (
    <>
      <SuggestField
        label={label}
        value={compare.value}
        wanted={wanted}
        fits={({ value }) => typeof value === 'string'}
        wrong={wrong}
        onChange={(value) => onChange({ ...compare, value })}
      />
      <Pick
        label={`${label}: capitals`}
        quiet
        value={ignoreCase ? 'any' : 'exact'}
        options={[
          ['exact', 'capitals matter'],
          ['any', 'in any capitals'],
        ]}
        onChange={(said) => onChange(said === 'any' ? { ...exact, ignoreCase: true } : exact)}
      />
    </>
  )
}
