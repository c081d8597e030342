import type { ReactNode } from 'react'
import { journeyQuestions } from '@throughline/contracts'
import type { Open } from './answers.ts'
import styles from './wizard.module.css'

interface QuestionProps {
  /** Of the seventeen; 0 for what is asked besides. */
  readonly number: number
  readonly words?: string
  readonly hint?: string
  /** What is known of it from the shop's own data. */
  readonly figure?: ReactNode
  readonly open: readonly Open[]
  readonly children: ReactNode
}

/** A question with its field, what the shop's data say of it, and what is still open. */
export function Question({ number, words, hint, figure, open, children }: QuestionProps) {
  const asked = words ?? journeyQuestions.find((one) => one.number === number)?.words
  return (
    <fieldset className={styles.question}>
      <legend className={styles.legend}>
        {number === 0 ? null : <span className={styles.number}>{number}</span>} {asked}
      </legend>
      {hint === undefined ? null : <p className={styles.hint}>{hint}</p>}
      {children}
      {figure === undefined || figure === null ? null : (
        <p className={styles.figure} aria-live="polite">
          {figure}
        </p>
      )}
      {[...new Set(open.map((one) => one.words))].map((one) => (
        <p key={one} className={styles.open} role="alert">
          {one}
        </p>
      ))}
    </fieldset>
  )
}
