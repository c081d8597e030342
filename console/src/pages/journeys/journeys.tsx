import { useMemo, useState } from 'react'
import { Switch } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { priorityWords } from '@throughline/contracts'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { mainGoal, otherGoalsWords } from '../../format/goal-words.ts'
import { shareWords } from '../../format/share-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { NewJourney } from './new-journey.tsx'
import { StatePill } from './standing.tsx'
import styles from './journeys.module.css'

type Summary = RouteResponse<'journeys'>['items'][number]

const byPeople = [{ id: 'inside', desc: true }]

/** All journeys with what they do now. */
export function Journeys() {
  const journeys = useQuery({ ...ask('journeys', {}), refetchInterval: 5_000 })
  const [withArchived, setWithArchived] = useState(false)
  const format = useFormat()
  const columns = useMemo(
    (): readonly Column<Summary>[] => [
      {
        id: 'name',
        header: 'Journey',
        primary: true,
        sort: (one) => one.name,
        cell: (one) => (
          <Link to="/journeys/$id" params={{ id: one.id }} search={{}} className={rowLink}>
            {one.name}
          </Link>
        ),
      },
      { id: 'state', header: 'State', width: '9%', sort: (one) => one.state, cell: (one) => <StatePill state={one.state} /> },
      { id: 'priority', header: 'Priority', width: '8%', sort: (one) => one.priority, cell: (one) => priorityWords(one.priority) },
      {
        id: 'inside',
        header: 'Inside now',
        align: 'right',
        width: '10%',
        sort: (one) => one.inside,
        cell: (one) => format.number(one.inside),
      },
      {
        id: 'entered',
        header: 'Entered',
        align: 'right',
        width: '9%',
        sort: (one) => one.entered,
        cell: (one) => format.number(one.entered),
      },
      {
        id: 'goals',
        header: 'Reached the goal',
        align: 'right',
        width: '18%',
        sort: (one) => mainGoal(one.goals)?.reached ?? 0,
        cell: (one) => <Reached journey={one} />,
      },
      {
        id: 'messages',
        header: 'Messages',
        align: 'right',
        width: '10%',
        sort: (one) => one.messages,
        cell: (one) => format.number(one.messages),
      },
      {
        id: 'published',
        header: 'Version',
        align: 'right',
        width: '14%',
        sort: (one) => one.publishedAt,
        cell: (one) => (
          <>
            {one.version} · <When at={one.publishedAt} as="date" />
          </>
        ),
      },
    ],
    [format],
  )
  return (
    <Page title="Journeys" lead="What happens with people step by step, and how many are on the way." actions={<NewJourney />}>
      <Drafts />
      <Panel flush>
        <Loaded query={journeys} what="journeys">
          {({ items }) =>
            items.length === 0 ? (
              <NoJourneys />
            ) : (
              <>
                <DataTable
                  label="Journeys"
                  rows={items.filter(({ state }) => withArchived || state !== 'archived')}
                  columns={columns}
                  rowId={(one) => one.id}
                  sorted={byPeople}
                />
                {items.some(({ state }) => state === 'archived') ? (
                  <Switch
                    className={styles.archived}
                    label="Show archived ones"
                    checked={withArchived}
                    onChange={(event) => setWithArchived(event.currentTarget.checked)}
                  />
                ) : null}
              </>
            )
          }
        </Loaded>
      </Panel>
    </Page>
  )
}

/** How many reached what the journey is for; where it has other goals, each of them below, since one person may reach several. */
function Reached({ journey: { goals, entered } }: { readonly journey: Summary }) {
  const format = useFormat()
  const main = mainGoal(goals)
  if (main === undefined) return <span className="dim">no goal is set</span>
  const others = otherGoalsWords(goals, format)
  return (
    <>
      {others === '' ? '' : `${main.name}: `}
      {shareWords(main.reached, entered, format)}
      {others === '' ? null : <div className="dim">{others}</div>}
    </>
  )
}

/** Journeys that are being edited, new ones and new versions. */
function Drafts() {
  const drafts = useQuery(ask('journeyDrafts', {}))
  if (drafts.data === undefined || drafts.data.items.length === 0) return null
  return (
    <Panel title="Being edited">
      <ul className={styles.drafts}>
        {drafts.data.items.map(({ id, name, basedOn, savedAt, savedBy }) => (
          <li key={id}>
            <Link to="/journeys/$id/edit" params={{ id }} className="link">
              {name}
            </Link>
            <span className="dim">
              {basedOn === 0 ? 'new, not published yet' : `from version ${basedOn}`} · saved by {savedBy} <When at={savedAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function NoJourneys() {
  return (
    <Empty title="No journeys yet" action={<NewJourney />}>
      <p>
        A journey says what happens with people step by step: what starts it, what they are sent and when, and when they leave it. Draw the
        first one here; nobody enters before you publish it. A journey can also be written as a file and applied with{' '}
        <code className="mono">npx throughline apply</code>.
      </p>
    </Empty>
  )
}
