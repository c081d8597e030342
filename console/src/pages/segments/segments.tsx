import { Button } from '@mantine/core'
import { IconGridDots, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
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
      actions={
        <>
          <Button component={Link} to="/segments/_traits" variant="default">
            Computed traits
          </Button>
          <Button component={Link} to="/segments/_rfm" variant="default" leftSection={<IconGridDots size={16} aria-hidden />}>
            RFM
          </Button>
          <Button component={Link} to="/segments/_new" leftSection={<IconPlus size={16} aria-hidden />}>
            New segment
          </Button>
        </>
      }
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
      {segments.data === undefined || segments.data.archived.length === 0 ? null : <Archived segments={segments.data.archived} />}
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
          {share === 0 ? null : <span style={{ width: `${share * 100}%` }} />}
        </span>
      </div>
      <div className={styles.words}>
        <h2 className={styles.name}>
          <Link to="/segments/$id" params={{ id: segment.id }} className={styles.link}>
            {segment.name}
          </Link>
        </h2>
        {segment.definition.description === undefined ? null : <p className="dim">{segment.definition.description}</p>}
        <p className={styles.sentence}>{segment.sentence}</p>
      </div>
    </li>
  )
}

/** Those out of use. */
function Archived({ segments }: { readonly segments: RouteResponse<'segments'>['archived'] }) {
  return (
    <details className={styles.archived}>
      <summary>Archived ({segments.length})</summary>
      <ul>
        {segments.map(({ id, name, archivedAt }) => (
          <li key={id}>
            <Link to="/segments/$id" params={{ id }} className="link">
              {name}
            </Link>{' '}
            <span className="dim">
              since <When at={archivedAt} as="date" />
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function NoSegments() {
  return (
    <Empty
      title="No segments yet"
      action={
        <Button component={Link} to="/segments/_new">
          Make the first one
        </Button>
      }
    >
      First-time visitors, cart abandoners, one-time buyers: begin with one that most shops need. A segment can also be a file that{' '}
      <code className="mono">npx throughline apply</code> publishes.
    </Empty>
  )
}
