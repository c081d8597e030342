import { useMemo, useState } from 'react'
import { Button, Drawer } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { LiveEvent } from '../../api/live.ts'
import { counted } from '../../format/format.ts'
import { entryWords } from '../../format/event-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { EventMark } from '../../ui/event-mark.tsx'
import { Page } from '../../ui/page.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Empty, Pending } from '../../ui/states.tsx'
import { visitorTitle } from '../../format/person-words.ts'
import { EventDetail } from './event-detail.tsx'
import { StreamSign } from './stream-sign.tsx'
import { useStream } from './use-stream.ts'
import styles from './live.module.css'

/** Events as they come in, newest first. */
export function Live() {
  const { name = '' } = useSearch({ from: '/app/live' })
  const navigate = useNavigate({ from: '/live' })
  const [paused, setPaused] = useState(false)
  const { events, waiting, state, ready } = useStream(paused)
  const [open, setOpen] = useState<LiveEvent | null>(null)
  const format = useFormat()
  const shown = useMemo(() => {
    const wanted = name.trim().toLowerCase()
    return events.filter((event) => wanted === '' || event.name.toLowerCase().includes(wanted))
  }, [events, name])

  return (
    <Page
      title="Live events"
      lead="What happens in the shop right now, newest first."
      actions={
        <Button
          variant={paused ? 'filled' : 'default'}
          leftSection={paused ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? (waiting === 0 ? 'Go on' : `Go on, ${format.number(waiting)} new`) : 'Pause'}
        </Button>
      }
    >
      <div className="row">
        <SearchBox
          label="Filter by name of the event"
          value={name}
          onSearch={(value) => void navigate({ search: value === '' ? {} : { name: value }, replace: true })}
        />
        <StreamSign state={state} paused={paused} />
      </div>
      {events.length === 0 ? ready ? <NoEvents /> : <Pending what="events" /> : null}
      {events.length > 0 && shown.length === 0 ? (
        <Empty
          title={`None of the last ${format.number(events.length)} events is called “${name}”`}
          action={
            <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
              Show all events
            </Button>
          }
        >
          New ones appear here as they come.
        </Empty>
      ) : null}
      {shown.length === 0 ? null : (
        <ol className={styles.list} aria-label="Events">
          {shown.slice(0, 200).map((event) => (
            <li key={event.id} className={styles.item}>
              <button type="button" className={styles.row} onClick={() => setOpen(event)}>
                <span className={`num dim ${styles.time}`}>{format.clock(event.receivedAt)}</span>
                <EventMark entry={event} />
                <span className={styles.name}>{event.name}</span>
                <span className={`cut soft ${styles.words}`}>{entryWords(event, format)}</span>
                <span className={`cut ${styles.who}`}>
                  {event.personName ?? <span className="dim">{visitorTitle(event.profileId)}</span>}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
      {shown.length > 200 ? (
        <p className="dim">
          {counted(format, shown.length - 200, 'older event is', 'older events are')} kept but not shown; filter by name to see them.
        </p>
      ) : null}
      <Drawer opened={open !== null} onClose={() => setOpen(null)} position="right" size={460} title={open?.name ?? ''}>
        {open === null ? null : <EventDetail event={open} />}
      </Drawer>
    </Page>
  )
}

function NoEvents() {
  return (
    <Empty
      title="No events yet"
      action={
        <Button component={Link} to="/settings/sources">
          Get the snippet
        </Button>
      }
    >
      Put the snippet on your site and open it in another tab: its first page view appears here within a second.
    </Empty>
  )
}
