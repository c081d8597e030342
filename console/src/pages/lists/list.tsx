import { useState } from 'react'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, askPages } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { personTitle } from '../../format/person-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { DeletedBar } from '../../ui/deleted-bar.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { PageWithout } from '../../ui/page-without.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Removal } from '../../ui/removal.tsx'
import { Empty, Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { AddPeople } from './add-people.tsx'
import { refreshList, restoreList } from './refresh.ts'
import { RenameList } from './rename-list.tsx'

type Member = RouteResponse<'listMembers'>['items'][number]

/** One list and who is in it. */
export function ListPage() {
  const { id } = useParams({ from: '/app/lists/$id' })
  const format = useFormat()
  const list = useQuery(ask('list', { params: { id } }))
  const [open, setOpen] = useState<'add' | 'rename' | 'delete' | null>(null)
  if (list.data === undefined) return <PageWithout title="List" query={list} what="the list" />
  const { name, members, usedIn, deletedAt } = list.data
  const gone = deletedAt === null ? undefined : 'The list was deleted. Restore it first.'
  return (
    <Page
      title={name}
      lead={
        <>
          {counted(format, members, 'person', 'people')} · <span className="mono">{id}</span>
          {usedIn.length === 0 ? ' · used nowhere' : ` · used in ${usedIn.map((one) => `the ${one.kind} “${one.name}”`).join(', ')}`}
        </>
      }
      actions={
        <>
          <Action route="addListMembers" blocked={gone} leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen('add')}>
            Add people
          </Action>
          <Action route="renameList" blocked={gone} variant="default" onClick={() => setOpen('rename')}>
            Rename
          </Action>
          <Action
            route="deleteList"
            variant="default"
            blocked={gone ?? (usedIn.length > 0 ? 'It is in use. Take it out of what uses it first.' : undefined)}
            onClick={() => setOpen('delete')}
          >
            Delete
          </Action>
        </>
      }
    >
      <DeletedBar what="list" name={name} at={deletedAt} route="restoreList" restore={() => restoreList(id)} back="with its people" />
      <Panel flush>
        <Members id={id} add={() => setOpen('add')} />
      </Panel>
      {open === 'add' ? <AddPeople id={id} name={name} close={() => setOpen(null)} /> : null}
      {open === 'rename' ? <RenameList id={id} name={name} close={() => setOpen(null)} /> : null}
      {open === 'delete' ? <DeleteList id={id} name={name} members={members} close={() => setOpen(null)} /> : null}
    </Page>
  )
}

function Members({ id, add }: { readonly id: string; readonly add: () => void }) {
  const members = useInfiniteQuery(askPages('listMembers', { params: { id }, query: { limit: 50 } }))
  const remove = useMutation({
    mutationFn: ({ person }: Member) => call('removeListMembers', { params: { id }, body: { people: [{ id: person.id }] } }),
    onSuccess: async (_, { person }) => {
      await refreshList(id)
      toast(`${personTitle(person)} has left the list.`)
    },
  })
  const columns: readonly Column<Member>[] = [
    {
      id: 'who',
      header: 'Person',
      primary: true,
      cell: ({ person }) => <PersonLink id={person.id} name={personTitle(person)} />,
    },
    { id: 'email', header: 'E-mail', width: '30%', cell: ({ person }) => <span className="break">{person.email ?? 'not known'}</span> },
    { id: 'since', header: 'In it since', width: '16%', cell: ({ since }) => <When at={since} /> },
    {
      id: 'remove',
      header: 'Change',
      width: '14%',
      align: 'right',
      cell: (member) => (
        <Action
          route="removeListMembers"
          variant="subtle"
          size="compact-sm"
          aria-label={`Remove ${personTitle(member.person)} from the list`}
          loading={remove.isPending && remove.variables.person.id === member.person.id}
          onClick={() => remove.mutate(member)}
        >
          Remove
        </Action>
      ),
    },
  ]
  return (
    <Paged
      query={members}
      what="the people"
      rows={8}
      empty={
        <Empty
          title="Nobody is in this list"
          action={
            <Action route="addListMembers" onClick={add}>
              Add people
            </Action>
          }
        >
          Type or paste who belongs in it; a program adds people over the API.
        </Empty>
      }
      end="That is everybody."
    >
      {(rows) => (
        <>
          {remove.error === null ? null : <Failure error={remove.error} />}
          <DataTable label="People in the list" rows={rows} columns={columns} rowId={({ person }) => person.id} />
        </>
      )}
    </Paged>
  )
}

function DeleteList({
  id,
  name,
  members,
  close,
}: {
  readonly id: string
  readonly name: string
  readonly members: number
  readonly close: () => void
}) {
  const format = useFormat()
  const navigate = useNavigate()
  return (
    <Removal
      title={`Delete “${name}”`}
      action="Delete the list"
      remove={async () => {
        await call('deleteList', { params: { id } })
        await navigate({ to: '/lists' })
        await refreshList(id)
        toast(`“${name}” is deleted. It can be restored below.`)
      }}
      close={close}
    >
      No definition uses it. Its {counted(format, members, 'person stays', 'people stay')} as they are, and the list can be restored with
      all of them.
    </Removal>
  )
}
