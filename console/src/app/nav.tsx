import { ActionIcon } from '@mantine/core'
import {
  IconActivity,
  IconAlertOctagon,
  IconClipboardList,
  IconHome,
  IconListCheck,
  IconLogout,
  IconMail,
  IconRoute,
  IconSearch,
  IconSend,
  IconSettings,
  IconTag,
  IconTargetArrow,
  IconForms,
  IconTicket,
  IconUpload,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { ask, queryClient } from '../api/queries.ts'
import type { RouteResponse } from '@throughline/contracts'
import { useFormat } from '../format/use-format.ts'
import { StopEverything } from './full-stop.tsx'
import { Mark } from './mark.tsx'
import { SchemeSwitch } from './scheme-switch.tsx'
import styles from './nav.module.css'

const places = [
  { to: '/', name: 'Home', icon: IconHome, exact: true },
  { to: '/live', name: 'Live events', icon: IconActivity, exact: false },
  { to: '/shop-events', name: 'Shop events', icon: IconTag, exact: false },
  { to: '/people', name: 'People', icon: IconUsers, exact: false },
  { to: '/segments', name: 'Segments', icon: IconUsersGroup, exact: false },
  { to: '/lists', name: 'Lists', icon: IconListCheck, exact: false },
  { to: '/imports', name: 'Imports', icon: IconUpload, exact: false },
  { to: '/journeys', name: 'Journeys', icon: IconRoute, exact: false },
  { to: '/campaigns', name: 'Campaigns', icon: IconSend, exact: false },
  { to: '/forms', name: 'Forms', icon: IconForms, exact: false },
  { to: '/coupons', name: 'Coupons', icon: IconTicket, exact: false },
  { to: '/ad-audiences', name: 'Ad audiences', icon: IconTargetArrow, exact: false },
  { to: '/tasks', name: 'Tasks', icon: IconClipboardList, exact: false },
  { to: '/messages', name: 'Messages', icon: IconMail, exact: false },
  { to: '/rejected', name: 'Rejected events', icon: IconAlertOctagon, exact: false },
] as const

/** The navigation. `onGo` is called when somebody goes somewhere, so that a drawer can close. */
export function Nav({ me, onGo }: { readonly me: RouteResponse<'me'>; readonly onGo: () => void }) {
  const format = useFormat()
  const overview = useQuery({ ...ask('overview', {}), refetchInterval: 30_000 })
  const rejected = overview.data?.rejectedToday ?? 0
  const openTasks = overview.data?.openTasks ?? 0
  const asking = overview.data?.campaignsAsking ?? 0
  const lowPools = overview.data?.lowPools ?? 0
  return (
    <nav className={styles.nav} aria-label="Main">
      <Link to="/" className={styles.brand} onClick={onGo}>
        <Mark />
        <span className={styles.brandWords}>
          <strong>Throughline</strong>
          <span className="cut dim">{me.workspace}</span>
        </span>
      </Link>
      <Link
        to="/people"
        className={styles.find}
        onClick={() => {
          onGo()
          focusSearchSoon()
        }}
      >
        <IconSearch size={15} aria-hidden /> Find a person <kbd className={styles.key}>/</kbd>
      </Link>
      <ul className={styles.list}>
        {places.map((place) => (
          <li key={place.to}>
            <Link
              to={place.to}
              className={styles.item}
              activeProps={{ className: `${styles.item} ${styles.active}` }}
              activeOptions={{ exact: place.exact, includeSearch: false }}
              onClick={onGo}
            >
              <place.icon size={17} stroke={1.7} aria-hidden />
              <span>{place.name}</span>
              {place.to === '/rejected' && rejected > 0 ? (
                <span className={styles.count}>
                  {format.number(rejected)}
                  <span className="vh"> today</span>
                </span>
              ) : null}
              {place.to === '/tasks' && openTasks > 0 ? (
                <span className={styles.count}>
                  {format.number(openTasks)}
                  <span className="vh"> open</span>
                </span>
              ) : null}
              {place.to === '/campaigns' && asking > 0 ? (
                <span className={styles.count}>
                  {format.number(asking)}
                  <span className="vh"> waiting for a person</span>
                </span>
              ) : null}
              {place.to === '/coupons' && lowPools > 0 ? (
                <span className={styles.count}>
                  {format.number(lowPools)}
                  <span className="vh"> running low</span>
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles.foot}>
        <StopEverything />
        <Link
          to="/settings"
          className={styles.item}
          activeProps={{ className: `${styles.item} ${styles.active}` }}
          activeOptions={{ includeSearch: false }}
          onClick={onGo}
        >
          <IconSettings size={17} stroke={1.7} aria-hidden /> <span>Settings</span>
        </Link>
        <p className={styles.zone}>Shop time: {format.zone}</p>
        <div className={styles.me}>
          <Link
            to="/settings/workspace"
            hash="password"
            className={`cut ${styles.who}`}
            title={`${me.email}, ${me.role}. Your password`}
            onClick={onGo}
          >
            {me.email}
          </Link>
          <SchemeSwitch />
          <SignOut />
        </div>
      </div>
    </nav>
  )
}

function SignOut() {
  const navigate = useNavigate()
  const leave = useMutation({
    mutationFn: () => call('signOut', {}),
    onSettled: async () => {
      queryClient.clear()
      await navigate({ to: '/sign-in', search: {} })
    },
  })
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label="Sign out"
      title="Sign out"
      loading={leave.isPending}
      onClick={() => leave.mutate()}
    >
      <IconLogout size={16} aria-hidden />
    </ActionIcon>
  )
}

/** Puts the focus into the page's search field as soon as there is one; gives up after two seconds. */
export function focusSearchSoon(): void {
  const until = Date.now() + 2_000
  const look = (): void => {
    const field = document.querySelector<HTMLInputElement>('main [data-search]')
    if (field !== null) field.focus()
    else if (Date.now() < until) setTimeout(look, 50)
  }
  setTimeout(look, 50)
}
