import type { ReactNode } from 'react'
import styles from './settings.module.css'

interface ListRowProps {
  readonly name: string
  /** What is to be known of it, in one line. */
  readonly about: ReactNode
  /** Buttons for what can be done with it. */
  readonly deeds: ReactNode
  /** What else it has, below. */
  readonly children?: ReactNode
}

/** One of a list of settings: accounts, keys, sources. */
export function ListRow({ name, about, deeds, children }: ListRowProps) {
  return (
    <li className={styles.item2}>
      <div className={styles.itemHead}>
        <div>
          <strong>{name}</strong>
          <br />
          <span className="dim">{about}</span>
        </div>
        {deeds}
      </div>
      {children}
    </li>
  )
}
