import styles from './sum.module.css'

/** Figures: what is counted, how many, and what that means. They stand in one row where they fit, else in rows that are alike. */
export function Sum({ parts }: { readonly parts: readonly (readonly [name: string, value: string, note: string])[] }) {
  return (
    <ul
      className={styles.sum}
      style={{ ['--figures' as string]: parts.length, ['--half' as string]: Math.ceil(parts.length / 2) }}
      aria-label="How many"
    >
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
