import { IconRoute, IconSend } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { CalendarEntry } from './entries.ts'
import styles from './calendar.module.css'

/** Something planned, as a link to what it belongs to. */
export function EntryLink({ entry, wide = false }: { readonly entry: CalendarEntry; readonly wide?: boolean }) {
  const { kind, id, name, time, clock, what } = entry
  const Icon = kind === 'campaign' ? IconSend : IconRoute
  const whose = clock === 'person' ? ' their time' : ''
  const words = `${time}${whose}, ${kind} ${name}: ${what}`
  return (
    <Link
      to={kind === 'campaign' ? '/campaigns/$id' : '/journeys/$id'}
      params={{ id }}
      search={{}}
      className={`${styles.entry} ${kind === 'campaign' ? styles.campaign : styles.journey} ${wide ? styles.wide : ''}`}
      title={words}
    >
      <Icon size={14} stroke={1.7} aria-hidden />
      <span className={styles.time}>
        {time}
        {wide ? whose : ''}
        {wide || clock === 'shop' ? null : <span className="vh"> their time</span>}
      </span>
      <span className={wide ? 'break' : 'cut'}>{name}</span>
      {wide ? <span className="dim">{what}</span> : <span className="vh">: {what}</span>}
    </Link>
  )
}
