import { lazy, Suspense, useState } from 'react'
import { ActionIcon } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import { Link, Navigate, Outlet, useLocation } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { ApiFailure } from '../api/failure.ts'
import { ask } from '../api/queries.ts'
import { Failure, Pending } from '../ui/states.tsx'
import { StopEverything, Stopped } from './full-stop.tsx'
import { Nav } from './nav.tsx'
import { Mark } from './mark.tsx'
import { Shortcuts } from './shortcuts.tsx'
import styles from './shell.module.css'

const NavDrawer = lazy(() => import('./nav-drawer.tsx').then((file) => ({ default: file.NavDrawer })))

/** The frame around every page: navigation at the side, folded behind a button where it is narrow. */
export function Shell() {
  const me = useQuery({ ...ask('me', {}), staleTime: 60_000 })
  const here = useLocation()
  const [open, setOpen] = useState(false)
  const [opened, setOpened] = useState(false)

  if (me.error instanceof ApiFailure && me.error.status === 401) {
    // While the sign-in page is still being loaded, the address is already its own.
    if (here.pathname.startsWith('/sign-in')) return null
    const to = here.href === '/' ? undefined : here.href
    return <Navigate to="/sign-in" search={{ to }} replace />
  }
  if (me.data === undefined) {
    return (
      <main className={styles.alone}>
        {me.error !== null && !me.isFetching ? (
          <Failure error={me.error} what="The console" retry={() => void me.refetch()} />
        ) : (
          <Pending what="the console" rows={5} />
        )}
      </main>
    )
  }
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to the content
      </a>
      <aside className={styles.side}>
        <Nav me={me.data} onGo={() => undefined} />
      </aside>
      <header className={styles.bar}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Open the navigation"
          aria-expanded={open}
          onClick={() => {
            setOpen(true)
            setOpened(true)
          }}
        >
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
        <Link to="/" className={styles.brand}>
          <Mark /> Throughline
        </Link>
        <StopEverything compact />
      </header>
      {opened ? (
        <Suspense>
          <NavDrawer me={me.data} opened={open} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
      <main id="main" tabIndex={-1} className={styles.main}>
        <Stopped />
        <Outlet />
      </main>
      <Shortcuts />
    </div>
  )
}
