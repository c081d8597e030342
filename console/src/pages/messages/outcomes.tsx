import type { MessageDetail } from '@throughline/contracts'
import { EventMark } from '../../ui/event-mark.tsx'
import { Panel } from '../../ui/panel.tsx'
import { When } from '../../ui/when.tsx'
import styles from './messages.module.css'

/** What came of a message, in the order in which it happened. */
export function Outcomes({ message }: { readonly message: MessageDetail }) {
  const events = [...message.events].sort((a, b) => a.timestamp - b.timestamp)
  return (
    <Panel title="What came of it">
      {events.length === 0 ? (
        <p className="dim">
          {message.status === 'queued' ? (
            <>
              Nothing yet; due <When at={message.dueAt} as="stamp" />.
            </>
          ) : (
            'Nothing so far.'
          )}
        </p>
      ) : (
        <ol className={styles.outcomes}>
          {events.map((event) => (
            <li key={event.id}>
              <EventMark entry={event} />
              <span>
                {event.name}
                {event.properties['machine'] === true ? <span className="dim"> by a machine, does not count</span> : null}
                {typeof event.properties['url'] === 'string' ? <span className="dim break"> {event.properties['url']}</span> : null}
              </span>
              <When at={event.timestamp} as="stamp" />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
