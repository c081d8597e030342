import { useState } from 'react'
import { TagsInput } from '@mantine/core'
import { formOf, formsOf, inForm } from './comparisons.ts'
import type { ValueType } from './comparisons.ts'
import { useShopWords } from './shop-words.ts'
import type { Wanted } from './shop-words.ts'
import styles from './parts.module.css'

interface ValuesProps {
  readonly label: string
  readonly values: readonly (string | number | boolean)[]
  readonly types: readonly ValueType[]
  readonly wanted: Wanted
  readonly wrong: boolean
  readonly onChange: (values: readonly (string | number | boolean)[]) => void
}

/** Several values: Enter or a comma ends one. */
export function ValuesField({ label, values, types, wanted, wrong, onChange }: ValuesProps) {
  const [search, setSearch] = useState('')
  const [open, setOpen] = useState(false)
  const words = useShopWords(open ? wanted : null, search)
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
      data={[...new Set(words.filter((one) => formOf(one.value) === form).map((one) => String(one.value)))]}
      filter={({ options }) => options}
      onSearchChange={setSearch}
      onFocus={() => setOpen(true)}
      value={values.map(String)}
      onChange={(next) => onChange(next.map((one) => inForm(one, form)).filter((one) => !Number.isNaN(one)))}
    />
  )
}
