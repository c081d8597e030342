import styles from './parts.module.css'

interface TogglesProps<T extends string | number> {
  readonly label: string
  readonly options: readonly (readonly [value: T, words: string])[]
  readonly chosen: readonly T[]
  /** What it means when none is chosen. */
  readonly any: string
  /** The chosen in the order of the options. */
  readonly onChange: (chosen: T[]) => void
}

/** Any number of a few words in a sentence, each on or off. */
export function Toggles<T extends string | number>({ label, options, chosen, any, onChange }: TogglesProps<T>) {
  return (
    <span role="group" aria-label={label} className={styles.toggles}>
      {options.map(([value, words]) => {
        const isOn = chosen.includes(value)
        return (
          <button
            key={value}
            type="button"
            className={styles.toggle}
            aria-pressed={isOn}
            onClick={() => onChange(options.map(([one]) => one).filter((one) => (one === value ? !isOn : chosen.includes(one))))}
          >
            {words}
          </button>
        )
      })}
      {chosen.length === 0 ? <span className="dim">{any}</span> : null}
    </span>
  )
}
