import { useState } from 'react'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { List } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
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
import { restoreList } from './refresh.ts'

/** All lists: people put together by hand, by the API or by an import. */
export function Lists() {
  const format = useFormat()
  const lists = useQuery(ask('lists', { query: {} }))
  const deleted = useQuery(ask('lists', { query: { deleted: 'true' } }))
  const [making, setMaking] = useState(false)
  const columns: readonly Column<List>[] = [
    {
      id: 'name',
      header: 'List',
      primary: true,
      sort: (list) => list.name.toLowerCase(),
      cell: (list) => (
        <span>
          <Link to="/lists/$id" params={{ id: list.id }} className={rowLink}>
            {list.name}
          </Link>{' '}
          <span className="mono dim">{list.id}</span>
        </span>
      ),
    },
    {
      id: 'members',
      header: 'People',
      width: '16%',
      align: 'right',
      sort: (list) => list.members,
      cell: (list) => format.number(list.members),
    },
    { id: 'by', header: 'Made by', width: '24%', cell: (list) => <span className="break">{list.createdBy}</span> },
    { id: 'at', header: 'Made', width: '16%', sort: (list) => list.createdAt, cell: (list) => <When at={list.createdAt} as="date" /> },
  ]
  const make = (
    <Action route="createList" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>
      Make a list
    </Action>
  )
  return (
    <Page title="Lists" lead="People you put together yourself. A segment finds its people; a list has those you named." actions={make}>
      <Panel flush>
        <Loaded query={lists} what="lists">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No lists yet" action={make}>
                A list is for people whom no rule would find: guests of an event, addresses from a fair, an export of another tool.
              </Empty>
            ) : (
              <DataTable label="Lists" rows={items} columns={columns} rowId={(list) => list.id} />
            )
          }
        </Loaded>
      </Panel>
      <Bin items={deleted.data?.items ?? []} route="restoreList" back="with its people" restore={restoreList} />
      {making ? <MakeList close={() => setMaking(false)} /> : null}
    </Page>
  )
}

function MakeList({ close }: { readonly close: () => void }) {
  const navigate = useNavigate()
  return (
    <NameDialog
      title="Make a list"
      route="createList"
      action="Make the list"
      placeholder="Guests of the spring fair"
      close={close}
      save={async (name) => {
        const list = await call('createList', { body: { name } })
        await queryClient.invalidateQueries({ queryKey: ['lists'] })
        await navigate({ to: '/lists/$id', params: { id: list.id } })
      }}
    />
  )
}
