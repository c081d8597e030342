import { useState } from 'react'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { FormBody } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { ask } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { DefinitionFile } from '../../ui/definition-file.tsx'
import { LeaveGuard } from '../../ui/leave-guard.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { idOf } from '../segments/builder/words.ts'
import { ConfirmationFields } from './confirmation-fields.tsx'
import { ConsentFields } from './consent-fields.tsx'
import { newForm, readDraft } from './draft.ts'
import { FieldList } from './field-list.tsx'
import { refreshForms } from './refresh.ts'

/** A new form. */
export function NewForm() {
  const forms = useQuery(ask('forms', { query: {} }))
  if (forms.data === undefined)
    return (
      <Page title="New form">
        <Loaded query={forms} what="forms">
          {() => null}
        </Loaded>
      </Page>
    )
  return <Editor begin={newForm} id={null} taken={forms.data.items.map(({ id }) => id)} />
}

/** A form that there is. What a colleague changes meanwhile does not change what is being edited. */
export function EditForm() {
  const { id } = useParams({ from: '/app/forms/$id/edit' })
  const form = useQuery({ ...ask('form', { params: { id } }), staleTime: 0, refetchOnWindowFocus: false })
  if (form.data === undefined)
    return (
      <Page title="Change a form">
        <Loaded query={form} what="the form">
          {() => null}
        </Loaded>
      </Page>
    )
  const { name, fields, consents, confirmation, thanks, redirect } = form.data
  return <Editor key={id} begin={{ name, fields, consents, confirmation, thanks, redirect }} id={id} taken={[]} />
}

interface EditorProps {
  readonly begin: FormBody
  /** The form that is changed; null for a new one. */
  readonly id: string | null
  readonly taken: readonly string[]
}

function Editor({ begin, id: existing, taken }: EditorProps) {
  const navigate = useNavigate()
  const [draft, setDraft] = useState(begin)
  const [asked, setAsked] = useState(false)
  const [first] = useState(() => JSON.stringify(begin))
  const id = existing ?? idOf(draft.name, taken, 'form')
  const { file, faults } = readDraft(id, draft)
  const dirty = JSON.stringify(draft) !== first
  const save = useMutation({
    mutationFn: (body: FormBody) =>
      existing === null ? call('createForm', { body: { ...body, id } }) : call('setForm', { params: { id: existing }, body }),
    onSuccess: async (form) => {
      await refreshForms()
      toast(existing === null ? 'The form is made. Paste its HTML into a page of your shop.' : 'The form is changed, from now on.')
      await navigate({ to: '/forms/$id', params: { id: form.id }, ignoreBlocker: true })
    },
  })
  const set = (part: Partial<FormBody>): void => setDraft((before) => ({ ...before, ...part }))
  const faultAt = (field: string): string | undefined =>
    (asked ? faults.find((one) => one.field === field)?.message : undefined) ?? problemOf(save.error, field)
  return (
    <Page
      title={existing === null ? 'New form' : `Change ${begin.name}`}
      lead={
        existing === null
          ? undefined
          : 'A change holds at once. Pages of the shop keep the HTML that was pasted: paste it again where fields changed.'
      }
      actions={
        <>
          {existing === null ? (
            <Button variant="default" component={Link} to="/forms">
              Cancel
            </Button>
          ) : (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/forms/$id" params={{ id: existing }} />}>
              Cancel
            </Button>
          )}
          <Action
            route={existing === null ? 'createForm' : 'setForm'}
            loading={save.isPending}
            blocked={existing !== null && !dirty ? 'Nothing has been changed yet.' : undefined}
            onClick={() => {
              setAsked(true)
              if (file !== null) {
                const { kind: _, id: __, ...body } = file
                save.mutate(body)
              }
            }}
          >
            {existing === null ? 'Make the form' : 'Save'}
          </Action>
        </>
      }
    >
      {save.error === null ? null : <Failure error={save.error} />}
      {asked && faults.length > 0 ? (
        <Panel>
          <ul role="alert">
            {faults.map(({ field, message }) => (
              <li key={`${field} ${message}`}>
                <span className="mono">{field}</span> {message}
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      <Panel title="The form">
        <div className="stack" style={{ gap: 12 }}>
          <TextInput
            label="Name"
            description={`Your team reads it. Its id ${existing === null ? 'becomes' : 'is'} “${id}”.`}
            placeholder="Newsletter in the footer"
            maxLength={120}
            value={draft.name}
            error={faultAt('name')}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label="Thanks"
            description="What people read after submitting it."
            maxLength={500}
            value={draft.thanks}
            error={faultAt('thanks')}
            onChange={(event) => set({ thanks: event.currentTarget.value })}
          />
          <TextInput
            label="Lead people to"
            description="A page of yours, in the place of the thanks. May be left empty."
            placeholder="https://shop.example/thanks"
            value={draft.redirect ?? ''}
            error={faultAt('redirect')}
            onChange={(event) => set({ redirect: event.currentTarget.value.trim() === '' ? null : event.currentTarget.value.trim() })}
          />
        </div>
      </Panel>
      <Panel title="What it asks for">
        <FieldList fields={draft.fields} faultAt={faultAt} onChange={(fields) => set({ fields })} />
      </Panel>
      <Panel title="What people agree to">
        <ConsentFields consents={draft.consents} fields={draft.fields} faultAt={faultAt} onChange={(consents) => set({ consents })} />
      </Panel>
      <Panel title="Confirmation by e-mail">
        <ConfirmationFields id={id} form={draft} faultAt={faultAt} onChange={(confirmation) => set({ confirmation })} />
      </Panel>
      {file === null ? null : (
        <details>
          <summary>The same as a file</summary>
          <DefinitionFile definition={file} />
        </details>
      )}
      <LeaveGuard dirty={dirty} />
    </Page>
  )
}
