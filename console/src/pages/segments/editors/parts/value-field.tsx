import { useEffect, useRef } from 'react'
import { formOf, formsOf, inForm } from './comparisons.ts'
import type { Form, ValueType } from './comparisons.ts'
import { isEventValue, useEventValues } from './event-values.ts'
import { NumberField, Pick } from './fields.tsx'
import type { Wanted } from './shop-words.ts'
import { SuggestField } from './suggest-field.tsx'

interface ValueProps {
  readonly label: string
  readonly value: string | number | boolean
  readonly types: readonly ValueType[]
  readonly wanted: Wanted
  readonly wrong: boolean
  readonly onChange: (value: string | number | boolean) => void
}

const formWords: Record<Form, string> = { text: 'text', number: 'number', 'yes-no': 'yes or no' }

/** One value. Where the shop's data does not say of which type it is, or of several, that can be chosen: the text 5 is not the number 5. */
export function ValueField({ label, value, types, wanted, wrong, onChange }: ValueProps) {
  const form = formOf(value)
  const forms = formsOf(types)
  const [only, other] = forms
  const eventValues = useEventValues()
  // Where all that has been seen are numbers, a value of the shop's event is typed in the place of one.
  const standsForNumber = eventValues && isEventValue(value) && only === 'number' && other === undefined
  const isNumber = typeof value === 'number' || standsForNumber
  const choice = standsForNumber || forms.includes(form) ? forms : [form, ...forms]
  const take = useRef(onChange)
  useEffect(() => {
    take.current = onChange
  })
  // What is still empty takes the form that the shop's data has.
  useEffect(() => {
    if (value === '' && only !== undefined && only !== 'text' && other === undefined) take.current(inForm(value, only))
  }, [value, only, other])
  return (
    <>
      {typeof value === 'boolean' ? (
        <Pick
          label={label}
          value={value ? 'yes' : 'no'}
          options={[
            ['yes', 'yes'],
            ['no', 'no'],
          ]}
          onChange={(said) => onChange(said === 'yes')}
        />
      ) : isNumber ? (
        <NumberField label={label} value={value as number} wrong={wrong} orEventValue={eventValues} onChange={onChange} />
      ) : (
        <SuggestField
          label={label}
          value={value}
          wrong={wrong}
          wanted={wanted}
          fits={(word) => typeof word.value === 'string'}
          onChange={onChange}
        />
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
