import { Link } from '@tanstack/react-router'
import styles from './imports.module.css'

const tabs = [
  ['/imports', 'Files'],
  ['/imports/pulls', 'Pulls'],
  ['/imports/hooks', 'Webhooks'],
] as const

/** The ways in which something is imported. */
export function ImportTabs() {
  return (
    <nav aria-label="Ways to import" className={styles.tabs}>
      {tabs.map(([to, name]) => (
        <Link
          key={to}
          to={to}
          className={styles.tab}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ className: `${styles.tab} ${styles.active}` }}
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}
