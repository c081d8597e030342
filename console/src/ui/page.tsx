import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { takeFocusWish } from '../app/focus.ts'
import styles from './page.module.css'

interface PageProps {
  /** Heading and title of the tab. */
  readonly title: string
  /** Shown as heading instead of the bare title. */
  readonly heading?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page: one heading, which takes the focus after a change of route, so that a screen reader begins there. */
export function Page({ title, heading, lead, actions, children }: PageProps) {
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Throughline`
  }, [title])
  useEffect(() => {
    if (takeFocusWish()) head.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.words}>
          <h1 ref={head} tabIndex={-1} className={styles.title}>
            {heading ?? title}
          </h1>
          {lead === undefined ? null : <div className={styles.lead}>{lead}</div>}
        </div>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}
