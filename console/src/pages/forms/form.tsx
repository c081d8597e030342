import { useMemo, useState } from 'react'
import { Button } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import type { Form, RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, askPages } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { CodeBlock } from '../../ui/copy.tsx'
import { DeletedBar } from '../../ui/deleted-bar.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { More } from '../../ui/more.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Empty, Failure, Pending } from '../../ui/states.tsx'
import { Sum } from '../../ui/sum.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { refreshForms, restoreForm, shareOf } from './refresh.ts'

type Submission = RouteResponse<'formSubmissions'>['items'][number]

/** One form: how often it was submitted and confirmed, by whom, and the HTML for a page of the shop. */
export function FormPage() {
  const { id } = useParams({ from: '/app/forms/$id' })
  const format = useFormat()
  const form = useQuery({ ...ask('form', { params: { id } }), refetchInterval: 15_000 })
  const [deleting, setDeleting] = useState(false)
  if (form.data === undefined) {
    return (
      <Page title="Form">
        {form.error !== null && !form.isFetching ? (
          <Failure error={form.error} what="The form" retry={() => void form.refetch()} />
        ) : (
          <Pending what="the form" />
        )}
      </Page>
    )
  }
  const { name, submissions, lately, asked, confirmed, lastAt, confirmation, usedIn, deletedAt, html } = form.data
  const gone = deletedAt === null ? undefined : 'The form was deleted. Restore it first.'
  const share = asked === 0 ? '–' : shareOf(form.data)
  const parts = [
    ['submitted', format.number(submissions), `${format.number(lately)} in the last 30 days`],
    [
      'confirmed',
      confirmation === null && asked === 0 ? 'not asked' : share,
      confirmation === null ? 'what people agree to holds at once' : `${format.number(confirmed)} of ${format.number(asked)}`,
    ],
    ['latest', lastAt === null ? 'never' : format.stamp(lastAt, Date.now()), ''],
  ] as const
  return (
    <Page
      title={name}
      lead={
        <>
          <span className="mono">{id}</span>
          {usedIn.length === 0 ? ' · starts no journey' : ` · starts ${usedIn.map((one) => `the ${one.kind} “${one.name}”`).join(', ')}`}
        </>
      }
      actions={
        <>
          {gone === undefined ? (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/forms/$id/edit" params={{ id }} />}>
              Change
            </Button>
          ) : null}
          <Action
            route="deleteForm"
            variant="default"
            blocked={gone ?? (usedIn.length > 0 ? 'It starts a journey. Take it out there first.' : undefined)}
            onClick={() => setDeleting(true)}
          >
            Delete
          </Action>
        </>
      }
    >
      <DeletedBar
        what="form"
        name={name}
        at={deletedAt}
        route="restoreForm"
        restore={() => restoreForm(id)}
        back="and takes submissions again"
        means="Pages that still hold it are told that it takes nothing any more."
      />
      <Sum parts={parts} />
      <Panel title="For your shop">
        <p className="soft" style={{ marginBottom: 12 }}>
          Paste this into a page. It works as it stands; with the script on its last line people stay on the page, and what they did before
          as visitors becomes theirs. Change its looks and words as you like, but keep the names of the fields.
        </p>
        <CodeBlock text={html} what="HTML of the form" />
      </Panel>
      <Panel title="Submitted by" flush>
        <Submissions id={id} asks={confirmation !== null || asked > 0} />
      </Panel>
      {deleting ? <DeleteForm form={form.data} close={() => setDeleting(false)} /> : null}
    </Page>
  )
}

function Submissions({ id, asks }: { readonly id: string; readonly asks: boolean }) {
  const found = useInfiniteQuery({ ...askPages('formSubmissions', { params: { id }, query: { limit: 50 } }), refetchInterval: 15_000 })
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items).map((item, at) => ({ ...item, key: at })) ?? [], [found.data])
  const columns: readonly Column<Submission & { readonly key: number }>[] = [
    {
      id: 'who',
      header: 'Person',
      primary: true,
      cell: ({ person }) =>
        person === null ? <span className="dim">not known yet</span> : <PersonLink id={person.id} name={personTitle(person)} />,
    },
    { id: 'at', header: 'Submitted', width: '25%', cell: ({ at }) => <When at={at} /> },
    ...(asks ? [{ id: 'confirmed', header: 'Confirmed', width: '30%', cell: confirmedCell }] : []),
  ]
  if (found.data === undefined)
    return found.error !== null && !found.isFetching ? (
      <Failure error={found.error} what="The submissions" retry={() => void found.refetch()} />
    ) : (
      <Pending what="submissions" rows={6} />
    )
  if (rows.length === 0)
    return <Empty title="Nobody has submitted it yet">Paste its HTML into a page of your shop, and try it yourself.</Empty>
  return (
    <>
      <DataTable label="Submissions" rows={rows} columns={columns} rowId={({ key }) => String(key)} />
      <More
        hasMore={found.hasNextPage}
        loading={found.isFetchingNextPage}
        error={found.isFetchNextPageError ? found.error : null}
        load={() => void found.fetchNextPage()}
        end="That is all of them."
      />
    </>
  )
}

function confirmedCell({ confirmedAt, askedUntil }: Submission) {
  if (confirmedAt !== null) return <When at={confirmedAt} />
  if (askedUntil === null) return <span className="dim">was not asked</span>
  return askedUntil < Date.now() ? (
    <span className="dim">
      not in time, until <When at={askedUntil} />
    </span>
  ) : (
    <span className="dim">not yet</span>
  )
}

function DeleteForm({ form, close }: { readonly form: Form; readonly close: () => void }) {
  const navigate = useNavigate()
  const drop = useMutation({
    mutationFn: () => call('deleteForm', { params: { id: form.id } }),
    onSuccess: async () => {
      await navigate({ to: '/forms' })
      await refreshForms()
      toast(`“${form.name}” is deleted. It can be restored below.`)
    },
  })
  return (
    <Confirm
      opened
      title={`Delete “${form.name}”`}
      danger
      action="Delete the form"
      busy={drop.isPending}
      error={drop.error}
      onClose={close}
      onConfirm={() => drop.mutate()}
    >
      <p>
        Pages that still hold it take nothing any more. What was submitted stays, links that were sent still confirm, and the form can be
        restored.
      </p>
    </Confirm>
  )
}
