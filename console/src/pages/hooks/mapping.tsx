import { useState } from 'react'
import { Select, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import type { Hook, HookIdentity, HookTrial, ImportMapping } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { ColumnList } from '../imports/column-list.tsx'
import { KindFields } from '../imports/draft.tsx'
import { FileForm } from '../imports/file-form.tsx'
import styles from '../imports/imports.module.css'
import { Bodies } from './bodies.tsx'
import { Outcome } from './outcome.tsx'

/** What becomes of a body, as it is being chosen. */
interface Plan {
  readonly items?: string
  readonly identity: HookIdentity
  readonly mapping?: ImportMapping
}

const planOf = ({ items, identity, mapping }: Hook): Plan => (mapping === null ? { identity } : { items, identity, mapping })

/** The bodies that came, and what is made of them. */
export function HookMapping({ one }: { readonly one: Hook }) {
  const params = { id: one.id }
  const bodies = useQuery({ ...ask('hookBodies', { params }), refetchInterval: 3_000 })
  const [chosen, setChosen] = useState<string | null>(null)
  const [plan, setPlan] = useState<Plan>(() => planOf(one))
  const [changed, setChanged] = useState(false)
  const body = chosen ?? bodies.data?.items[0]?.body ?? null
  const trial = useQuery({
    ...ask('tryHook', { params, body: { body: body ?? '', ...plan } }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
  })
  const save = useMutation({
    mutationFn: ({ items, mapping }: HookTrial) => call('mapHook', { params, body: { items, identity: plan.identity, mapping } }),
    onSuccess: async (saved) => {
      setChanged(false)
      setPlan(planOf(saved))
      queryClient.setQueryData(ask('hook', { params }).queryKey, saved)
      await queryClient.invalidateQueries({ queryKey: ['hooks'] })
      toast(saved.state === 'on' ? 'From now on it is read like this.' : 'The mapping is saved. Switch the webhook on when it is right.')
    },
  })
  const change = (next: Partial<Plan>): void => {
    setChanged(true)
    // What is being mapped stays, whatever comes meanwhile.
    if (body !== null) setChosen(body)
    setPlan((before) => ({ ...before, ...next }))
  }
  return (
    <>
      <Panel title="What came" flush>
        <Loaded query={bodies} what="bodies">
          {({ items }) => <Bodies items={items} chosen={body} choose={setChosen} />}
        </Loaded>
      </Panel>
      {body === null ? null : trial.data === undefined ? (
        <Loaded query={trial} what="what it tells">
          {() => null}
        </Loaded>
      ) : (
        <>
          <Panel title="What the fields are" flush>
            <ColumnList
              key={trial.data.items}
              kind={one.kind}
              mapping={trial.data.mapping}
              columns={trial.data.columns}
              set={(mapping) => change({ items: trial.data.items, mapping })}
            />
          </Panel>
          <Panel title="How it is read">
            <div className="stack">
              <div className={styles.settings}>
                <ItemsField key={trial.data.items} items={trial.data.items} set={(items) => change({ items, mapping: undefined })} />
                <KindFields
                  labels={{ event: 'It is always the event', state: 'They always' }}
                  kind={one.kind}
                  mapping={trial.data.mapping}
                  set={(mapping) => change({ items: trial.data.items, mapping })}
                />
                <IdentityFields identity={plan.identity} set={(identity) => change({ identity })} orders={one.kind === 'orders'} />
              </div>
              <FileForm
                valuesOnly
                file={trial.data.mapping.file}
                set={(file) => change({ items: trial.data.items, mapping: { ...trial.data.mapping, file } })}
              />
            </div>
          </Panel>
          {trial.error === null ? null : <Failure error={trial.error} />}
          <Panel title="What would come of it">
            <div className="stack">
              <Outcome trial={trial.data} />
              {save.error === null ? null : <Failure error={save.error} />}
              <div className="row">
                <Action
                  route="mapHook"
                  loading={save.isPending}
                  variant={changed || one.mapping === null ? 'filled' : 'default'}
                  blocked={
                    trial.data.missing[0] ??
                    (trial.error !== null ? 'It cannot be read like this.' : trial.isPlaceholderData ? 'It is being tried.' : undefined)
                  }
                  onClick={() => save.mutate(trial.data)}
                >
                  Save the mapping
                </Action>
              </div>
            </div>
          </Panel>
        </>
      )}
    </>
  )
}

function ItemsField({ items, set }: { readonly items: string; readonly set: (items: string) => void }) {
  const [typed, setTyped] = useState(items)
  return (
    <TextInput
      label="Path to the records"
      description="A path such as data; empty for the body itself"
      placeholder="the body itself"
      maxLength={300}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => (typed.trim() === items ? undefined : set(typed.trim()))}
    />
  )
}

interface IdentityFieldsProps {
  readonly identity: HookIdentity
  readonly orders: boolean
  readonly set: (identity: HookIdentity) => void
}

function IdentityFields({ identity, orders, set }: IdentityFieldsProps) {
  const standing = identity.kind === 'path' ? identity.path : identity.kind === 'header' ? identity.name : ''
  const [typed, setTyped] = useState(standing)
  const [kind, setKind] = useState(identity.kind)
  if (orders) return null
  const said = (next: HookIdentity['kind'], text: string): void => {
    if (next === 'content') set({ kind: next })
    else if (text.trim() !== '') set(next === 'path' ? { kind: next, path: text.trim() } : { kind: next, name: text.trim() })
  }
  return (
    <>
      <Select
        label="Recognise duplicates by"
        description="So that it counts once"
        allowDeselect={false}
        data={[
          { value: 'content', label: 'The same content' },
          { value: 'path', label: 'An id in it' },
          { value: 'header', label: 'A header' },
        ]}
        value={kind}
        onChange={(value) => {
          const next = value === 'path' || value === 'header' ? value : 'content'
          setKind(next)
          setTyped('')
          said(next, '')
        }}
      />
      {kind === 'content' ? null : (
        <TextInput
          label={kind === 'path' ? 'Where the id stands' : 'Name of the header'}
          description={kind === 'path' ? 'A path such as event.id' : 'Such as X-Webhook-Id'}
          maxLength={kind === 'path' ? 300 : 100}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={() => said(kind, typed)}
        />
      )}
    </>
  )
}
