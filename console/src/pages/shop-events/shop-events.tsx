import { Link } from '@tanstack/react-router'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ShopEventEntry } from '@throughline/contracts'
import { askPages } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { CodeBlock } from '../../ui/copy.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import styles from './shop-events.module.css'

const example = `npx throughline shop-event send 'Price Dropped' --property product_id=p-17 --property price=49`

/** What the shop said of no person in particular, and how many people each reached. */
export function ShopEvents() {
  const events = useInfiniteQuery({
    ...askPages('shopEvents', { query: { limit: 50 } }),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? 3_000 : false),
  })
  return (
    <Page title="Shop events" lead="What the shop said of no person in particular, such as a price drop, and how many people it reached.">
      <Panel flush>
        <Paged
          query={events}
          what="shop events"
          empty={
            <Empty title="The shop has said nothing yet" action={<CodeBlock text={example} what="command" wrap />}>
              Your shop’s program sends them with <code className="mono">POST /api/shop-events</code>; a journey whose way in is an event of
              the shop lets those in whom it concerns.
            </Empty>
          }
        >
          {(rows) => (
            <ul>
              {rows.map((one) => (
                <Row key={one.messageId} event={one} />
              ))}
            </ul>
          )}
        </Paged>
      </Panel>
    </Page>
  )
}

function Row({ event }: { readonly event: ShopEventEntry }) {
  const format = useFormat()
  return (
    <li className={styles.row}>
      <div className={styles.head}>
        <strong>{event.event}</strong>
        <span className="dim">
          from {event.sentBy} · <When at={event.receivedAt} /> · <When at={event.receivedAt} as="stamp" />
        </span>
      </div>
      {event.journeys.length === 0 ? (
        <p className="soft">No live journey had a way in for it.</p>
      ) : (
        <ul className={styles.reached}>
          {event.journeys.map(({ journey, reached, asked, endedAt, note }) => (
            <li key={journey}>
              <Link to="/journeys/$id" params={{ id: journey }}>
                {journey}
              </Link>
              : it concerned {counted(format, reached, 'person', 'people')}
              {endedAt === null ? ` so far; ${Math.round(asked * 100)} % of everybody asked` : ''}
              {note === null ? '' : `; ${reached === 0 ? 'nobody' : 'nobody else'} was asked for: ${note}`}
            </li>
          ))}
        </ul>
      )}
      <details className={styles.said}>
        <summary>What it said, message id {event.messageId}</summary>
        <CodeBlock text={JSON.stringify(event.properties, null, 2)} what="properties" wrap />
      </details>
    </li>
  )
}
