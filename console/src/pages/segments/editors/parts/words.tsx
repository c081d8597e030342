import type { ReactNode } from 'react'
import styles from './parts.module.css'

/** A sentence with fields in it, which breaks into lines where it must. */
export function Sentence({ children }: { readonly children: ReactNode }) {
  return <div className={styles.sentence}>{children}</div>
}

/** A further line under a sentence. */
export function Line({ children }: { readonly children: ReactNode }) {
  return <div className={`${styles.sentence} ${styles.line}`}>{children}</div>
}
