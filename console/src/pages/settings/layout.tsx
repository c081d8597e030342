import { Link, Outlet } from '@tanstack/react-router'
import styles from './settings.module.css'

const places = [
  ['/settings/workspace', 'Workspace'],
  ['/settings/sources', 'Sources'],
  ['/settings/providers', 'Providers'],
  ['/settings/accounts', 'Accounts'],
  ['/settings/api-keys', 'API keys'],
  ['/settings/audit', 'Audit log'],
  ['/settings/forgotten', 'Forgotten people'],
  ['/settings/status', 'Status'],
  ['/settings/log', 'Log'],
] as const

/** The frame around the settings. */
export function SettingsLayout() {
  return (
    <div className={styles.layout}>
      <nav aria-label="Settings" className={styles.nav}>
        {places.map(([to, name]) => (
          <Link key={to} to={to} className={styles.item} activeProps={{ className: `${styles.item} ${styles.active}` }}>
            {name}
          </Link>
        ))}
      </nav>
      <div className={styles.content}>
        <Outlet />
      </div>
    </div>
  )
}
