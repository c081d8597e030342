import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { askPages } from '../../api/queries.ts'
import { CodeBlock } from '../../ui/copy.tsx'
import { jsonWords } from '../../ui/json-view.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import styles from './rejected.module.css'

type Rejected = RouteResponse<'rejectedEvents'>['items'][number]

/** Events that were refused: what was wrong, what stood there, what is allowed. */
export function Rejected() {
  const rejected = useInfiniteQuery({
    ...askPages('rejectedEvents', { query: { limit: 50 } }),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) === 1 ? 10_000 : false),
  })
  return (
    <Page title="Rejected events" lead="Events that were refused. Everything else in the same batch was taken.">
      <Panel flush>
        <Paged
          query={rejected}
          what="rejected events"
          empty={
            <Empty
              title="Every event so far was good"
              action={
                <Button component={Link} to="/live" variant="default">
                  Watch the live events
                </Button>
              }
            >
              What is refused appears here, with the field, its value, and what is allowed.
            </Empty>
          }
        >
          {(rows) => (
            <ul>
              {rows.map((one) => (
                <Row key={one.id} event={one} />
              ))}
            </ul>
          )}
        </Paged>
      </Panel>
    </Page>
  )
}

function Row({ event }: { readonly event: Rejected }) {
  return (
    <li className={styles.row}>
      <div className={styles.head}>
        <strong>{event.name ?? 'An event without a name'}</strong>
        <span className="dim">
          from {event.source} · <When at={event.at} /> · <When at={event.at} as="stamp" />
        </span>
      </div>
      <ul className={styles.problems}>
        {event.problems.map((problem) => (
          <li key={`${problem.field}:${problem.message}`} className={styles.problem}>
            <p>{problem.message}</p>
            <dl>
              <div>
                <dt>Field</dt>
                <dd className="mono">{problem.field}</dd>
              </div>
              <div>
                <dt>Stood there</dt>
                <dd className="mono break">{problem.value === '' ? 'empty text' : jsonWords(problem.value)}</dd>
              </div>
              <div>
                <dt>Allowed</dt>
                <dd>{problem.allowed}</dd>
              </div>
            </dl>
          </li>
        ))}
      </ul>
      <details className={styles.raw}>
        <summary>The event as it came{event.messageId === null ? '' : `, message id ${event.messageId}`}</summary>
        <CodeBlock text={readable(event.raw)} what="event as it came" wrap />
      </details>
    </li>
  )
}

function readable(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2)
  } catch {
    return raw
  }
}
