import { useState } from 'react'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { List } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'

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
      {deleted.data === undefined || deleted.data.items.length === 0 ? null : <Bin lists={deleted.data.items} />}
      {making ? <MakeList close={() => setMaking(false)} /> : null}
    </Page>
  )
}

function Bin({ lists }: { readonly lists: readonly List[] }) {
  const restore = useMutation({
    mutationFn: (id: string) => call('restoreList', { params: { id } }),
    onSuccess: async (list) => {
      await queryClient.invalidateQueries({ queryKey: ['lists'] })
      toast(`“${list.name}” is back, with its people.`)
    },
  })
  return (
    <Panel title="Deleted">
      {restore.error === null ? null : <Failure error={restore.error} />}
      <ul className="stack" style={{ gap: 8 }}>
        {lists.map((list) => (
          <li key={list.id} className="row" style={{ justifyContent: 'space-between' }}>
            <span>
              {list.name} <span className="dim">deleted {list.deletedAt === null ? null : <When at={list.deletedAt} />}</span>
            </span>
            <Action
              route="restoreList"
              variant="default"
              size="compact-sm"
              aria-label={`Restore ${list.name}`}
              loading={restore.isPending && restore.variables === list.id}
              onClick={() => restore.mutate(list.id)}
            >
              Restore
            </Action>
          </li>
        ))}
      </ul>
    </Panel>
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
