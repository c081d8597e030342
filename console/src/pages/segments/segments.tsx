import { useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { CodeBlock } from '../../ui/copy.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import styles from './segments.module.css'

type Segment = RouteResponse<'segments'>['items'][number]

/** All segments: how many are in each, and who that is, as a sentence. */
export function Segments() {
  const segments = useQuery({ ...ask('segments', {}), refetchInterval: 5_000 })
  const people = useQuery({ ...ask('overview', {}), staleTime: 30_000 })
  return (
    <Page
      title="Segments"
      lead="Groups of people that are always up to date: an event changes them at once, and so does the passing of time."
    >
      <Panel flush>
        <Loaded query={segments} what="segments">
          {({ items }) =>
            items.length === 0 ? (
              <NoSegments />
            ) : (
              <ul>
                {[...items]
                  .sort((a, b) => b.size - a.size)
                  .map((segment) => (
                    <Row key={segment.id} segment={segment} everybody={people.data?.people} />
                  ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
    </Page>
  )
}

function Row({ segment, everybody }: { readonly segment: Segment; readonly everybody: number | undefined }) {
  const format = useFormat()
  const share = everybody === undefined || everybody === 0 ? 0 : Math.min(1, segment.size / everybody)
  return (
    <li id={segment.id} className={styles.row}>
      <div className={styles.size}>
        {segment.filling ? <Pill tone="wait">being counted</Pill> : <span className={styles.number}>{format.number(segment.size)}</span>}
        <span className="dim">
          {segment.filling
            ? `${format.number(segment.size)} so far`
            : everybody === undefined || everybody === 0
              ? 'people'
              : `of ${counted(format, everybody, 'person', 'people')}`}
        </span>
        <span className={styles.bar} aria-hidden>
          <span style={{ width: `${share * 100}%` }} />
        </span>
      </div>
      <div className={styles.words}>
        <h2 className={styles.name}>{segment.name}</h2>
        {segment.definition.description === undefined ? null : <p className="dim">{segment.definition.description}</p>}
        <p className={styles.sentence}>{segment.sentence.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase())}</p>
        <details className={styles.more}>
          <summary>
            Version {segment.version}, published <When at={segment.publishedAt} as="date" />
          </summary>
          <JsonView value={segment.definition} what={`definition of ${segment.name}`} />
        </details>
      </div>
    </li>
  )
}

const example = `kind: segment
id: regulars
name: Regulars
where:
  kind: event
  event: Order Completed
  times: { op: at-least, n: 3 }
  within: 90 days
`

function NoSegments() {
  return (
    <Empty title="No segments yet">
      <div className="stack" style={{ textAlign: 'left', marginTop: 12 }}>
        <p>
          A segment is a file. Save this one as <code className="mono">regulars.yaml</code> and run{' '}
          <code className="mono">npx throughline apply regulars.yaml</code>: it is counted over the whole history at once.
        </p>
        <CodeBlock text={example} what="example of a segment" />
      </div>
    </Empty>
  )
}
