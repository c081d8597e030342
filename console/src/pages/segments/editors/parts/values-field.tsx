import { TagsInput } from '@mantine/core'
import { formOf, formsOf, inForm } from './comparisons.ts'
import type { ValueType } from './comparisons.ts'
import styles from './parts.module.css'

interface ValuesProps {
  readonly label: string
  readonly values: readonly (string | number | boolean)[]
  readonly types: readonly ValueType[]
  readonly wrong: boolean
  readonly onChange: (values: readonly (string | number | boolean)[]) => void
}

/** Several values: Enter or a comma ends one. */
export function ValuesField({ label, values, types, wrong, onChange }: ValuesProps) {
  const [first] = values
  const form = first === undefined ? (formsOf(types)[0] ?? 'text') : formOf(first)
  return (
    <TagsInput
      className={styles.values}
      size="xs"
      aria-label={label}
      error={wrong}
      placeholder={values.length === 0 ? 'type one, press Enter' : ''}
      splitChars={[',', ';']}
      acceptValueOnBlur
      value={values.map(String)}
      onChange={(next) => onChange(next.map((one) => inForm(one, form)).filter((one) => !Number.isNaN(one)))}
    />
  )
}
