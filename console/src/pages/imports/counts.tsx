import type { ImportCounts } from '@throughline/contracts'
import { useFormat } from '../../format/use-format.ts'
import styles from './imports.module.css'

const words = [
  ['rows', 'rows read'],
  ['new', 'new'],
  ['changed', 'changed'],
  ['unchanged', 'unchanged'],
  ['kept', 'opt-outs kept'],
  ['refused', 'refused'],
] as const satisfies readonly (readonly [keyof ImportCounts, string])[]

/** What became of the rows; together they are all that were read. */
export function Counts({ counts }: { readonly counts: ImportCounts }) {
  const format = useFormat()
  return (
    <dl className={styles.counts}>
      {words
        .filter(([name]) => name !== 'kept' || counts.kept > 0)
        .map(([name, word]) => (
          <div key={name} className={name === 'refused' && counts.refused > 0 ? styles.bad : undefined}>
            <dt className="dim">{word}</dt>
            <dd className={styles.count}>{format.number(counts[name])}</dd>
          </div>
        ))}
    </dl>
  )
}
