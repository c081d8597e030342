import { useMemo, useState } from 'react'
import { Button, Switch } from '@mantine/core'
import { IconCalendar, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQueries, useQuery } from '@tanstack/react-query'
import type { CampaignSend, RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { isOpen, progressWords } from '../../format/campaign-words.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { ChannelMark } from '../messages/channel-mark.tsx'
import { StatePill } from './state-pill.tsx'
import styles from './campaigns.module.css'

type Summary = RouteResponse<'campaigns'>['items'][number]

/** How many campaigns say in the list what came of them: to add up a send is work for the server. */
const shown = 10
const recent = 7 * 86_400_000
const byTime = [{ id: 'when', desc: true }]

/** All campaigns: how each stands, when it goes out, and what came of the latest. */
export function Campaigns() {
  const campaigns = useQuery({ ...ask('campaigns', {}), refetchInterval: 5_000 })
  const [withArchived, setWithArchived] = useState(false)
  const [search, setSearch] = useState('')
  const items = campaigns.data?.items
  const sends = useLatestSends(items ?? none)
  const columns = useColumns(sends)
  const wanted = search.trim().toLowerCase()
  return (
    <Page
      title="Campaigns"
      lead="One message to an audience: now, at a time, or again and again. Everybody in it is accounted for."
      actions={
        <>
          <Button component={Link} to="/campaigns/_calendar" variant="default" leftSection={<IconCalendar size={16} aria-hidden />}>
            Calendar
          </Button>
          <NewCampaign />
        </>
      }
    >
      {items === undefined || items.length === 0 ? null : (
        <div className="row">
          <SearchBox label="Name, audience or template" value={search} onSearch={setSearch} />
        </div>
      )}
      <Panel flush>
        <Loaded query={campaigns} what="campaigns">
          {({ items: all }) => {
            if (all.length === 0) return <NoCampaigns />
            const rows = all.filter(
              ({ archived, name, sentence }) =>
                (withArchived || !archived) && (wanted === '' || `${name} ${sentence}`.toLowerCase().includes(wanted)),
            )
            return (
              <>
                {rows.length === 0 ? (
                  <Empty
                    title={wanted === '' ? 'All campaigns are archived' : 'No campaign is like that'}
                    action={
                      wanted === '' ? (
                        <NewCampaign />
                      ) : (
                        <Button variant="default" onClick={() => setSearch('')}>
                          Show all campaigns
                        </Button>
                      )
                    }
                  />
                ) : (
                  <DataTable label="Campaigns" rows={rows} columns={columns} rowId={(one) => one.id} sorted={byTime} />
                )}
                {all.some(({ archived }) => archived) ? (
                  <Switch
                    className={styles.archived}
                    label="Show archived ones"
                    checked={withArchived}
                    onChange={(event) => setWithArchived(event.currentTarget.checked)}
                  />
                ) : null}
              </>
            )
          }}
        </Loaded>
      </Panel>
    </Page>
  )
}

const none: readonly Summary[] = []

/** The latest send of the campaigns of which the list says more: those under way, and the newest of the last days. */
function useLatestSends(items: readonly Summary[]): ReadonlyMap<string, CampaignSend> {
  const [since] = useState(() => Date.now() - recent)
  const asked = items
    .filter(({ state, startsAt }) => state !== null && state !== 'scheduled' && (isOpen(state) || (startsAt ?? 0) > since))
    .toSorted((a, b) => (b.startsAt ?? 0) - (a.startsAt ?? 0))
    .slice(0, shown)
  return useQueries({
    queries: asked.map(({ id, state }) => ({
      ...ask('campaign', { params: { id } }),
      ...(isOpen(state) ? { refetchInterval: 5_000 } : { staleTime: 60_000 }),
    })),
    combine: (results) => new Map(results.flatMap(({ data }) => (data?.sends[0] === undefined ? [] : [[data.id, data.sends[0]] as const]))),
  })
}

function useColumns(sends: ReadonlyMap<string, CampaignSend>): readonly Column<Summary>[] {
  const format = useFormat()
  return useMemo(
    () => [
      {
        id: 'name',
        header: 'Campaign',
        primary: true,
        sort: (one) => one.name,
        cell: (one) => (
          <span className={styles.title}>
            <ChannelMark channel={one.channel} />
            <span className={styles.words}>
              <Link to="/campaigns/$id" params={{ id: one.id }} search={{}} className={rowLink}>
                {one.name}
              </Link>
              <span className={`soft ${styles.sentence}`}>{one.sentence}</span>
            </span>
          </span>
        ),
      },
      {
        id: 'state',
        header: 'State',
        width: '14%',
        sort: (one) => one.state ?? '',
        cell: (one) => <StatePill state={one.state} archived={one.archived} />,
      },
      {
        id: 'when',
        header: 'When',
        width: '15%',
        sort: (one) => one.startsAt ?? Number.MAX_SAFE_INTEGER,
        cell: (one) => (one.startsAt === null ? <span className="dim">no time yet</span> : <When at={one.startsAt} as="stamp" />),
      },
      {
        id: 'result',
        header: 'Progress and result',
        width: '28%',
        cell: (one) => {
          const send = sends.get(one.id)
          if (send === undefined) return <span className="dim">{one.state === null ? 'nobody got it yet' : 'on its page'}</span>
          if (send.startedAt === null) return <span className="dim">nobody got it yet</span>
          return send.progress !== null
            ? progressWords(send.progress, format)
            : `${format.number(send.sent)} of ${counted(format, send.audience, 'person', 'people')} got it`
        },
      },
    ],
    [sends, format],
  )
}

function NewCampaign() {
  return (
    <Button component={Link} to="/campaigns/_new" leftSection={<IconPlus size={16} aria-hidden />}>
      New campaign
    </Button>
  )
}

function NoCampaigns() {
  return (
    <Empty title="No campaigns yet" action={<NewCampaign />}>
      <p>
        A campaign says one thing to an audience: a newsletter, a sale, a recall. Choose who gets it and what, see how many that reaches and
        what it costs, then send it; for 30 seconds it can be undone. A campaign can also be a file that{' '}
        <code className="mono">npx throughline apply</code> publishes.
      </p>
    </Empty>
  )
}
