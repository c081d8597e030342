import type { ReactNode } from 'react'
import type { Tone } from '../format/message-words.ts'
import styles from './pill.module.css'

/** A short state with its tone; the words carry the meaning, the colour only helps. */
export function Pill({ tone, children }: { readonly tone: Tone | 'info'; readonly children: ReactNode }) {
  return <span className={`${styles.pill} ${styles[tone]}`}>{children}</span>
}
