import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { Mark } from '../../app/mark.tsx'
import styles from './frame.module.css'

/** The page around a sign-in form. */
export function Frame({ title, lead, children }: { readonly title: string; readonly lead?: ReactNode; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Throughline`
  }, [title])
  return (
    <main className={styles.frame}>
      <svg className={styles.line} viewBox="0 0 1200 300" preserveAspectRatio="none" aria-hidden>
        <path
          d="M0 230c240 0 260-160 600-160s360 160 600 160"
          fill="none"
          stroke="var(--accent-line)"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={26} /> Throughline
        </div>
        <h1 className={styles.title} tabIndex={-1}>
          {title}
        </h1>
        {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        {children}
      </div>
    </main>
  )
}
