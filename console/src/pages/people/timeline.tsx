import { Fragment, useMemo, useState } from 'react'
import { Button } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { channelKinds } from '@throughline/contracts'
import type { ChannelKind, Message, TimelineEntry } from '@throughline/contracts'
import { ask, askPages } from '../../api/queries.ts'
import { entryKindNames, entryKinds, entryWords, messageOf } from '../../format/event-words.ts'
import type { EntryKind } from '../../format/event-words.ts'
import { channelNames, messageTitle } from '../../format/message-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Chips } from '../../ui/chips.tsx'
import { EventMark } from '../../ui/event-mark.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { More } from '../../ui/more.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Note, Pending, Stale } from '../../ui/states.tsx'
import styles from './timeline.module.css'

const options = [['all', 'All'], ...entryKinds.map((kind) => [kind, entryKindNames[kind]] as const)] as const

/** All that happened with one person, messages included, newest first and without an end until the beginning. */
export function Timeline({ id }: { readonly id: string }) {
  const { kind, name, channel } = useSearch({ from: '/app/people/$id' })
  const navigate = useNavigate({ from: '/people/$id' })
  const timeline = useInfiniteQuery({
    ...askPages('timeline', { params: { id }, query: { kind, name, channel, limit: 50 } }),
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? 5_000 : false),
  })
  const messages = useQuery({ ...ask('messages', { query: { person: id, limit: 200 } }), staleTime: 10_000 })
  const subjects = useMemo(() => new Map(messages.data?.items.map((one) => [one.id, one])), [messages.data])
  const shown = useMemo(() => timeline.data?.pages.flatMap((page) => page.items) ?? [], [timeline.data])
  const narrowed = kind !== undefined || name !== undefined || channel !== undefined
  const note = timeline.data?.pages.find((page) => page.note !== undefined)?.note
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = timeline
  const set = (change: { readonly kind?: EntryKind; readonly name?: string; readonly channel?: ChannelKind }): void =>
    void navigate({ search: change, replace: true })

  return (
    <Panel
      title="Timeline"
      flush
      aside={
        <Chips
          label="Kind of events"
          options={options}
          value={kind ?? 'all'}
          onChange={(value) => set(value === 'all' ? {} : { kind: value })}
        />
      }
    >
      <div className={styles.filters}>
        <SearchBox
          label="Event name, such as Order Completed"
          value={name ?? ''}
          onSearch={(value) => set(value === '' ? {} : { name: value })}
        />
        {kind === 'message' ? (
          <Chips
            label="Channel"
            options={[['all', 'Every channel'], ...channelKinds.map((one) => [one, channelNames[one]] as const)]}
            value={channel ?? 'all'}
            onChange={(value) => set(value === 'all' ? { kind } : { kind, channel: value })}
          />
        ) : null}
      </div>
      {timeline.data === undefined ? (
        timeline.error !== null && !timeline.isFetching ? (
          <Failure error={timeline.error} what="The timeline" retry={() => void timeline.refetch()} />
        ) : (
          <Pending what="the timeline" rows={8} />
        )
      ) : (
        <>
          <Stale query={timeline} />
          {note === undefined ? null : <Note>{note}</Note>}
          {shown.length === 0 && !hasNextPage ? (
            <NothingHere
              what={narrowed ? (name ?? (kind === undefined ? 'Messages' : entryKindNames[kind])) : undefined}
              clear={() => set({})}
            />
          ) : (
            <Entries entries={shown} subjects={subjects} />
          )}
          <More
            hasMore={hasNextPage}
            loading={isFetchingNextPage}
            error={isFetchNextPageError ? timeline.error : null}
            load={() => void fetchNextPage()}
            end={shown.length === 0 ? '' : 'The beginning.'}
          />
        </>
      )}
    </Panel>
  )
}

function NothingHere({ what, clear }: { readonly what: string | undefined; readonly clear: () => void }) {
  if (what === undefined) return <Empty title="Nothing has happened yet" />
  return (
    <Empty
      title={`Nothing so far: ${what}`}
      action={
        <Button variant="default" onClick={clear}>
          Show everything
        </Button>
      }
    />
  )
}

function Entries({ entries, subjects }: { readonly entries: readonly TimelineEntry[]; readonly subjects: ReadonlyMap<string, Message> }) {
  const format = useFormat()
  const [today] = useState(() => Date.now())
  const dayName = (at: number): string => {
    const key = format.dayKey(at)
    if (key === format.dayKey(today)) return 'Today'
    return key === format.dayKey(today - 86_400_000) ? 'Yesterday' : format.day(at)
  }
  return (
    <ol className={styles.line} aria-label="Timeline">
      {entries.map((entry, index) => {
        const before = entries[index - 1]
        const fresh = before === undefined || format.dayKey(before.timestamp) !== format.dayKey(entry.timestamp)
        return (
          <Fragment key={entry.id}>
            {fresh ? (
              <li className={styles.day}>
                <h3>{dayName(entry.timestamp)}</h3>
              </li>
            ) : null}
            <Entry entry={entry} message={subjects.get(messageOf(entry) ?? '')} />
          </Fragment>
        )
      })}
    </ol>
  )
}

function Entry({ entry, message }: { readonly entry: TimelineEntry; readonly message: Message | undefined }) {
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const messageId = messageOf(entry)
  return (
    <li className={styles.entry}>
      <span className={styles.mark}>
        <EventMark entry={entry} />
      </span>
      <div className={styles.body}>
        <button type="button" className={styles.row} aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className={styles.name}>{entry.name}</span>
          <span className={styles.words}>
            {message === undefined ? entryWords(entry, format) : `${channelNames[message.channel]} · ${messageTitle(message)}`}
          </span>
          <time
            className={`num ${styles.time}`}
            dateTime={new Date(entry.timestamp).toISOString()}
            title={`${format.full(entry.timestamp)}, shop time (${format.zone})`}
          >
            {format.clock(entry.timestamp)}
          </time>
        </button>
        {open ? (
          <div className={styles.detail}>
            <p className="dim">
              From source {entry.source}, as {entry.type}.{' '}
              {messageId === undefined ? null : (
                <Link to="/messages/$id" params={{ id: messageId }} className="link">
                  Open the message
                </Link>
              )}
            </p>
            {message === undefined ? null : <p className="soft">Why: {message.reason}</p>}
            <JsonView value={entry.properties} what="properties" />
            {Object.keys(entry.context).length === 0 ? null : (
              <details>
                <summary>Context</summary>
                <JsonView value={entry.context} what="context" />
              </details>
            )}
          </div>
        ) : null}
      </div>
    </li>
  )
}
