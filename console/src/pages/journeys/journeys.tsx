import { useMemo } from 'react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { shareWords } from '../../format/share-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { CodeBlock } from '../../ui/copy.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'

type Summary = RouteResponse<'journeys'>['items'][number]

const byPeople = [{ id: 'inside', desc: true }]

/** All journeys with what they do now. */
export function Journeys() {
  const journeys = useQuery({ ...ask('journeys', {}), refetchInterval: 5_000 })
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
      {
        id: 'inside',
        header: 'Inside now',
        align: 'right',
        width: '12%',
        sort: (one) => one.inside,
        cell: (one) => format.number(one.inside),
      },
      {
        id: 'entered',
        header: 'Entered',
        align: 'right',
        width: '12%',
        sort: (one) => one.entered,
        cell: (one) => format.number(one.entered),
      },
      {
        id: 'goals',
        header: 'Reached the goal',
        align: 'right',
        width: '24%',
        sort: (one) => one.goals,
        cell: (one) => shareWords(one.goals, one.entered, format),
      },
      {
        id: 'messages',
        header: 'Messages',
        align: 'right',
        width: '12%',
        sort: (one) => one.messages,
        cell: (one) => format.number(one.messages),
      },
      {
        id: 'published',
        header: 'Version',
        align: 'right',
        width: '16%',
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
    <Page title="Journeys" lead="What happens with people step by step, and how many are on the way.">
      <Panel flush>
        <Loaded query={journeys} what="journeys">
          {({ items }) =>
            items.length === 0 ? (
              <NoJourneys />
            ) : (
              <DataTable label="Journeys" rows={items} columns={columns} rowId={(one) => one.id} sorted={byPeople} />
            )
          }
        </Loaded>
      </Panel>
    </Page>
  )
}

const example = `kind: journey
id: cart-recovery
name: Recover abandoned carts
entry:
  on: { event: Product Added }
  reentry: { kind: after, time: 3 days }
goal: { on: { event: Order Completed } }
start: an-hour
steps:
  an-hour:
    kind: wait
    for: 1 hour
    next: remind
  remind:
    kind: message
    channel: inbox
    template: cart-note
---
kind: template
id: cart-note
name: Note about the cart
channel: inbox
title: We kept your cart
body: It is waiting for you, {{ profile.first_name | default: "friend" }}.
`

function NoJourneys() {
  return (
    <Empty title="No journeys yet">
      <div className="stack" style={{ textAlign: 'left', marginTop: 12 }}>
        <p>
          A journey is a file. Save this one as <code className="mono">cart.yaml</code> and run{' '}
          <code className="mono">npx throughline apply cart.yaml</code>: it appears here at once.
        </p>
        <CodeBlock text={example} what="example of a journey" />
      </div>
    </Empty>
  )
}
