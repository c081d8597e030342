import type { PlacedProblem } from '../model/problems.ts'
import styles from './panels.module.css'

/** What is to be mended, each sentence once. */
export function Problems({ problems }: { readonly problems: readonly PlacedProblem[] }) {
  const said = [...new Map(problems.map((one) => [one.words, one])).values()]
  if (said.length === 0) return null
  return (
    <ul className={styles.problems}>
      {said.map(({ words, open }) => (
        <li key={words} className={open ? styles.open : styles.bad}>
          {words}
        </li>
      ))}
    </ul>
  )
}
