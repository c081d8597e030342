import { useState } from 'react'
import { Select, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { adPlatforms } from '@throughline/contracts'
import type { AdAudience } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask } from '../../api/queries.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Bin } from '../../ui/bin.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { audienceIsBack, platformNames, refreshAudiences, restoreAudience } from './words.ts'

/** All ad audiences. */
export function AdAudiences() {
  const format = useFormat()
  const audiences = useQuery(ask('adAudiences', { query: {} }))
  const deleted = useQuery(ask('adAudiences', { query: { deleted: 'true' } }))
  const [making, setMaking] = useState(false)
  const columns: readonly Column<AdAudience>[] = [
    {
      id: 'name',
      header: 'Ad audience',
      primary: true,
      sort: ({ name }) => name.toLowerCase(),
      cell: ({ id, name }) => (
        <span>
          <Link to="/ad-audiences/$id" params={{ id }} className={rowLink}>
            {name}
          </Link>{' '}
          <span className="mono dim">{id}</span>
        </span>
      ),
    },
    { id: 'platform', header: 'Told to', width: '20%', sort: ({ platform }) => platform, cell: ({ platform }) => platformNames[platform] },
    {
      id: 'of',
      header: 'Its people',
      width: '18%',
      cell: ({ segment }) => (segment === null ? 'whom journeys put in' : `segment ${segment}`),
    },
    {
      id: 'told',
      header: 'Told',
      width: '16%',
      align: 'right',
      sort: ({ counts }) => counts?.rows ?? -1,
      cell: ({ counts }) =>
        counts === null ? <span className="dim">not counted</span> : `${format.number(counts.rows)} of ${format.number(counts.people)}`,
    },
    {
      id: 'fetched',
      header: 'Fetched',
      width: '14%',
      align: 'right',
      sort: ({ fetchedAt }) => fetchedAt ?? 0,
      cell: ({ fetchedAt }) => (fetchedAt === null ? <span className="dim">never</span> : <When at={fetchedAt} />),
    },
  ]
  const make = (
    <Action route="createAdAudience" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>
      Make an ad audience
    </Action>
  )
  return (
    <Page title="Ad audiences" lead="Whom ad platforms are told of, hashed: those who have agreed to ads." actions={make}>
      <Panel flush>
        <Loaded query={audiences} what="ad audiences">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No ad audiences yet" action={make}>
                Make one of a segment, or one that journeys put people into and take them out of. A platform is given its file, or fetches
                it by itself.
              </Empty>
            ) : (
              <DataTable label="Ad audiences" rows={items} columns={columns} rowId={({ id }) => id} />
            )
          }
        </Loaded>
      </Panel>
      <Bin items={deleted.data?.items ?? []} route="restoreAdAudience" back={audienceIsBack} restore={restoreAudience} />
      {making ? <MakeAudience close={() => setMaking(false)} /> : null}
    </Page>
  )
}

function MakeAudience({ close }: { readonly close: () => void }) {
  const navigate = useNavigate()
  const segments = useQuery({ ...ask('segments', {}), staleTime: 60_000 })
  const [platform, setPlatform] = useState<AdAudience['platform']>('google')
  const [segment, setSegment] = useState<string | null>(null)
  const [topic, setTopic] = useState('')
  return (
    <NameDialog
      title="Make an ad audience"
      route="createAdAudience"
      action="Make the ad audience"
      placeholder="Left a cart"
      close={close}
      save={async (name) => {
        const { id } = await call('createAdAudience', {
          body: { name, platform, segment, topic: topic.trim() === '' ? null : topic.trim() },
        })
        await refreshAudiences()
        await navigate({ to: '/ad-audiences/$id', params: { id } })
      }}
    >
      <Select
        label="Told to"
        allowDeselect={false}
        value={platform}
        data={adPlatforms.map((value) => ({ value, label: platformNames[value] }))}
        onChange={(value) => setPlatform(adPlatforms.find((one) => one === value) ?? platform)}
      />
      <Select
        label="Its people"
        description="Those of a segment at every instant, or, without one, those whom journeys, imports and hands put in."
        placeholder="Whom journeys put in"
        clearable
        clearButtonProps={{ 'aria-label': 'Whom journeys put in' }}
        searchable
        value={segment}
        data={(segments.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setSegment}
      />
      <TextInput
        label="Topic"
        description="Everybody in it must have agreed to ads. With a topic, to that as well. May be left empty."
        placeholder="retargeting"
        maxLength={100}
        value={topic}
        onChange={(event) => setTopic(event.currentTarget.value)}
      />
    </NameDialog>
  )
}
