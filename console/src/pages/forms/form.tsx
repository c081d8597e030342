import { useState } from 'react'
import { Button } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Form, RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, askPages } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { CodeBlock } from '../../ui/copy.tsx'
import { DeletedBar } from '../../ui/deleted-bar.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { PageWithout } from '../../ui/page-without.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Empty } from '../../ui/states.tsx'
import { Removal } from '../../ui/removal.tsx'
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
  if (form.data === undefined) return <PageWithout title="Form" query={form} what="the form" />
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
  return (
    <Paged
      query={found}
      what="the submissions"
      empty={<Empty title="Nobody has submitted it yet">Paste its HTML into a page of your shop, and try it yourself.</Empty>}
      end="That is all of them."
    >
      {(items) => (
        <DataTable
          label="Submissions"
          rows={items.map((item, key) => ({ ...item, key }))}
          columns={columns}
          rowId={({ key }) => String(key)}
        />
      )}
    </Paged>
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
  return (
    <Removal
      title={`Delete “${form.name}”`}
      action="Delete the form"
      remove={async () => {
        await call('deleteForm', { params: { id: form.id } })
        await navigate({ to: '/forms' })
        await refreshForms()
        toast(`“${form.name}” is deleted. It can be restored below.`)
      }}
      close={close}
    >
      Pages that still hold it take nothing any more. What was submitted stays, links that were sent still confirm, and the form can be
      restored.
    </Removal>
  )
}
