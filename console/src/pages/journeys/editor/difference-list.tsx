import type { Differences, StepChange } from '../model/differences.ts'
import { areSame } from '../model/differences.ts'
import styles from './difference-list.module.css'

const words: Record<StepChange['change'], string> = { added: 'Added', removed: 'Removed', changed: 'Changed' }

/** What is different, as text. */
export function DifferenceList({ differences, same }: { readonly differences: Differences; readonly same: string }) {
  if (areSame(differences)) return <p className="soft">{same}</p>
  return (
    <ul className={styles.list} aria-label="What is different">
      {differences.rules.map((one) => (
        <li key={one} className={styles.changed}>
          <span className={styles.mark}>Changed</span>
          <span>{one}</span>
        </li>
      ))}
      {differences.steps.map(({ id, title, change, words: said }) => (
        <li key={id} className={styles[change]}>
          <span className={styles.mark}>{words[change]}</span>
          <span>
            <strong>{title}</strong>
            {said.length === 0 ? '' : `: ${said.join(' ')}`}
          </span>
        </li>
      ))}
    </ul>
  )
}
