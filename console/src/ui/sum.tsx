import styles from './sum.module.css'

/** A row of figures: what is counted, how many, and what that means. They stand in as many columns as fit. */
export function Sum({ parts }: { readonly parts: readonly (readonly [name: string, value: string, note: string])[] }) {
  return (
    <ul className={styles.sum} aria-label="How many">
      {parts.map(([name, value, note]) => (
        <li key={name}>
          <span className={styles.value}>{value}</span>
          <span>{name}</span>
          <span className={styles.note}>{note}</span>
        </li>
      ))}
    </ul>
  )
}
