import { describeClause } from '@throughline/engine'
import type { Comparison } from '@throughline/contracts'
import { formOf, formsOf, inForm, offered, withOp, wordsOf } from './comparisons.ts'
import type { Form, ValueType } from './comparisons.ts'
import { NumberField, Pick, TextField } from './fields.tsx'
import { ValuesField } from './values-field.tsx'

interface ComparisonProps {
  /** What is compared, for a screen reader. */
  readonly what: string
  readonly compare: Comparison
  /** What has been seen there, most frequent first; empty while nothing is known. */
  readonly types: readonly ValueType[]
  readonly isWrong: (field: string) => boolean
  readonly onChange: (compare: Comparison) => void
}

/** How a value is compared, and with what: the words and the field fit the type of the value. */
export function ComparisonFields({ what, compare, types, isWrong, onChange }: ComparisonProps) {
  const words = wordsOf(compare.op)
  if (words === undefined) return <>{describeClause({ kind: 'trait', trait: '', compare })}</>
  return (
    <>
      <Pick
        label={`How ${what} is compared`}
        value={compare.op}
        options={offered(types, compare.op)}
        onChange={(op) => onChange(withOp(compare, op))}
      />
      <With what={what} compare={compare} types={types} isWrong={isWrong} onChange={onChange} />
    </>
  )
}

function With({ what, compare, types, isWrong, onChange }: ComparisonProps) {
  const label = `Value of ${what}`
  switch (compare.op) {
    case 'is':
    case 'is-not':
      return (
        <ValueField
          label={label}
          value={compare.value}
          types={types}
          wrong={isWrong('value')}
          onChange={(value) => onChange({ op: compare.op, value })}
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
          wrong={isWrong('values')}
          onChange={(values) => onChange({ op: compare.op, values: [...values] })}
        />
      )
    case 'matches':
      return (
        <TextField
          label={label}
          value={compare.pattern}
          wrong={isWrong('pattern')}
          onChange={(pattern) => onChange({ op: compare.op, pattern })}
        />
      )
    case 'version-at-least':
    case 'version-less':
      return (
        <TextField
          label={label}
          value={compare.version}
          wrong={isWrong('version')}
          onChange={(version) => onChange({ op: compare.op, version })}
        />
      )
    case 'before':
    case 'after':
      return (
        <TextField label={label} value={compare.date} wrong={isWrong('date')} onChange={(date) => onChange({ op: compare.op, date })} />
      )
    case 'contains':
    case 'begins':
    case 'ends':
      return (
        <TextField label={label} value={compare.value} wrong={isWrong('value')} onChange={(value) => onChange({ ...compare, value })} />
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
          onChange={(value) => onChange({ op: compare.op, value })}
        />
      )
    case 'exists':
    case 'missing':
    case 'empty':
    case 'not-empty':
    // These are written in files; here they are read.
    case 'between':
    case 'between-dates':
    case 'in-last':
    case 'in-next':
    case 'longer-ago':
    case 'anniversary':
    case 'weekday':
      return null
    default:
      return compare satisfies never
  }
}

interface ValueProps {
  readonly label: string
  readonly value: string | number | boolean
  readonly types: readonly ValueType[]
  readonly wrong: boolean
  readonly onChange: (value: string | number | boolean) => void
}

const formWords: Record<Form, string> = { text: 'text', number: 'number', 'yes-no': 'yes or no' }

/** One value. Where the shop's data does not say of which type it is, or of several, that can be chosen: the text 5 is not the number 5. */
function ValueField({ label, value, types, wrong, onChange }: ValueProps) {
  const form = formOf(value)
  const forms = formsOf(types)
  const choice = forms.includes(form) ? forms : [form, ...forms]
  return (
    <>
      {form === 'yes-no' ? (
        <Pick
          label={label}
          value={value === true ? 'yes' : 'no'}
          options={[
            ['yes', 'yes'],
            ['no', 'no'],
          ]}
          onChange={(said) => onChange(said === 'yes')}
        />
      ) : typeof value === 'number' ? (
        <NumberField label={label} value={value} wrong={wrong} onChange={onChange} />
      ) : (
        <TextField label={label} value={String(value)} wrong={wrong} onChange={onChange} />
      )}
      {choice.length < 2 ? null : (
        <Pick
          label={`${label}: type`}
          quiet
          value={form}
          options={choice.map((one) => [one, formWords[one]])}
          onChange={(next) => onChange(inForm(value, next))}
        />
      )}
    </>
  )
}
