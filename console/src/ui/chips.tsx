import styles from './chips.module.css'

interface ChipsProps<T extends string> {
  /** What is chosen, for a screen reader. */
  readonly label: string
  readonly options: readonly (readonly [value: T, name: string])[]
  readonly value: T
  readonly onChange: (value: T) => void
}

/** One of a few, as a row of chips: radio buttons, so that arrows move between them. */
export function Chips<T extends string>({ label, options, value, onChange }: ChipsProps<T>) {
  return (
    <fieldset className={styles.chips}>
      <legend className="vh">{label}</legend>
      {options.map(([one, name]) => (
        <label key={one} className={styles.chip}>
          <input type="radio" className="vh" name={label} value={one} checked={one === value} onChange={() => onChange(one)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  )
}
