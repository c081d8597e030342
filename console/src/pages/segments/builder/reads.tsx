import type { Condition } from '@throughline/contracts'
import { exactnessOf } from '@throughline/engine'
import { sentenceOf } from './words.ts'
import styles from './builder.module.css'

/** The segment as a sentence, and how exact it is. */
export function Reads({ condition, finished }: { readonly condition: Condition; readonly finished: boolean }) {
  const sentence = sentenceOf(condition)
  if (sentence === '') return <p className="soft">Nothing is asked yet. Add a condition, and this says in words who is meant.</p>
  return (
    <>
      <p className={styles.reads}>{sentence}</p>
      {finished ? <Exactness condition={condition} /> : null}
    </>
  )
}

/** What is kept for it and how exact it is, folded away. */
export function Exactness({ condition }: { readonly condition: Condition }) {
  const lines = exactnessOf(condition)
  return lines.length === 0 ? null : (
    <details className={styles.exact}>
      <summary>How exact it is</summary>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  )
}
