import { Button } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { Chips } from '../../ui/chips.tsx'
import { DefinitionFile } from '../../ui/definition-file.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { ExportPeople } from '../people/export-people.tsx'
import { Exactness } from './builder/reads.tsx'
import { Archive, Restore } from './one/archive.tsx'
import { Changes } from './one/changes.tsx'
import { Members } from './one/members.tsx'
import { SizeHistory } from './one/size-history.tsx'
import { SizeNow } from './one/size-now.tsx'
import styles from './one/segment.module.css'

export type Segment = RouteResponse<'segment'>

/** One segment: who that is, how many, who came and went, what uses it, and what it was before. */
export function SegmentPage() {
  const { id } = useParams({ from: '/app/segments/$id' })
  const segment = useQuery({
    ...ask('segment', { params: { id } }),
    refetchInterval: ({ state: { data: now } }) =>
      now === undefined || (now.fill === null && !(now.archived && now.size > 0)) ? 10_000 : 1_000,
  })
  const { data } = segment
  return (
    <Page
      title={data?.name ?? 'Segment'}
      lead={data?.definition.description}
      actions={
        data === undefined || data.archived ? undefined : (
          <>
            <ExportPeople segment={id} />
            <Archive segment={data} />
            <Button
              leftSection={<IconPencil size={16} aria-hidden />}
              renderRoot={(props) => <Link {...props} to="/segments/$id/edit" params={{ id }} />}
            >
              Edit
            </Button>
          </>
        )
      }
    >
      <Loaded query={segment} what="the segment">
        {(loaded) => (
          <>
            <div className={styles.page}>
              <div className={styles.main}>
                {loaded.archived ? <Restore segment={loaded} /> : null}
                <Panel title="How many">
                  <SizeNow segment={loaded} />
                  <SizeHistory id={id} />
                </Panel>
                <People id={id} />
              </div>
              <div className={styles.side}>
                <Words segment={loaded} />
                <UsedIn segment={loaded} />
                <Versions segment={loaded} />
                <details className={styles.file}>
                  <summary>As a file</summary>
                  <DefinitionFile definition={loaded.definition} />
                </details>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function People({ id }: { readonly id: string }) {
  const { show = 'members' } = useSearch({ from: '/app/segments/$id' })
  const navigate = useNavigate()
  return (
    <Panel
      title={show === 'members' ? 'Who is in it' : 'Who came and went'}
      flush
      aside={
        <Chips
          label="What is shown"
          value={show}
          options={[
            ['members', 'Members'],
            ['changes', 'Came and went'],
          ]}
          onChange={(next) =>
            void navigate({ to: '/segments/$id', params: { id }, search: { show: next }, replace: true, resetScroll: false })
          }
        />
      }
    >
      {show === 'members' ? <Members id={id} /> : <Changes id={id} />}
    </Panel>
  )
}

function Words({ segment }: { readonly segment: Segment }) {
  return (
    <Panel title="It reads">
      <p className={styles.reads}>{segment.sentence}</p>
      <Exactness condition={segment.definition.where} />
    </Panel>
  )
}

const pages = { journey: '/journeys/$id', campaign: '/campaigns/$id', segment: '/segments/$id' } as const

function UsedIn({ segment }: { readonly segment: Segment }) {
  return (
    <Panel title="Used in">
      {segment.usedIn.length === 0 ? (
        <p className="soft">Nothing uses it{segment.archived ? '' : ' yet'}.</p>
      ) : (
        <ul>
          {segment.usedIn.map((one) => (
            <li key={`${one.kind} ${one.id}`} className={styles.use}>
              <Link to={pages[one.kind]} params={{ id: one.id }} className="link">
                {one.name}
              </Link>{' '}
              <span className="dim">{one.kind}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Versions({ segment }: { readonly segment: Segment }) {
  return (
    <Panel title="Versions">
      <ol reversed>
        {segment.versions.map((one) => (
          <li key={one.version} className={styles.version}>
            <p>
              <strong>{one.version}</strong> <When at={one.publishedAt} as="date" /> <span className="dim">by {one.publishedBy}</span>
            </p>
            {one.version === segment.version ? (
              <p className={styles.note}>{segment.archived ? 'Took it out of use.' : 'Holds now.'}</p>
            ) : (
              <p className={styles.note}>{one.sentence}</p>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
