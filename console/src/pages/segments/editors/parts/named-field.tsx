import { Pick } from './fields.tsx'

interface NamedProps {
  readonly label: string
  /** What is chosen from, in the singular: "segment". */
  readonly what: string
  readonly value: string
  readonly items: readonly { readonly id: string; readonly name: string }[] | undefined
  readonly onChange: (id: string) => void
}

/** Something that has an id and a name. An id of which nothing is known is shown as it is. */
export function NamedField({ label, what, value, items = [], onChange }: NamedProps) {
  const known = items.some(({ id }) => id === value)
  return (
    <Pick
      label={label}
      value={value}
      options={[
        ...(value === '' ? [['', `choose a ${what}`] as const] : known ? [] : [[value, value] as const]),
        ...items.map(({ id, name }) => [id, name] as const),
      ]}
      onChange={onChange}
    />
  )
}
