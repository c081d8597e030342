import { useState } from 'react'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Hook, HookState } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { hookStateWords } from '../../format/connector-words.ts'
import { kindWords } from '../../format/import-words.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { CodeBlock } from '../../ui/copy.tsx'
import { Page } from '../../ui/page.tsx'
import { PageWithout } from '../../ui/page-without.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { HookMapping } from './mapping.tsx'
import { SignatureForm } from './signature-form.tsx'

const leads: Record<HookState, string> = {
  listening: 'It keeps what comes so that you can map it, and takes nothing in yet.',
  on: 'It takes in what it is told.',
  paused: 'Its sender is asked to come again later.',
}

/** One incoming webhook: its address, who may call it, and what becomes of what comes. */
export function HookPage() {
  const { id } = useParams({ from: '/app/imports/hooks/$id' })
  const found = useQuery(ask('hook', { params: { id } }))
  if (found.data === undefined) return <PageWithout title="Webhook" query={found} what="the webhook" />
  const one = found.data
  return (
    <Page
      title={one.name}
      lead={
        <>
          {kindWords[one.kind].name}, as <span className="mono">{one.source}</span> ·{' '}
          <Pill tone={hookStateWords[one.state].tone}>{hookStateWords[one.state].name}</Pill> · {leads[one.state]}
          {one.lastAt === null ? null : (
            <>
              {' '}
              Last heard <When at={one.lastAt} />.
            </>
          )}
        </>
      }
      actions={<Buttons one={one} />}
    >
      {one.needsSecret ? (
        <Panel title="Its secret cannot be read">
          <p>
            It was sealed with another secret key of the server, so no signature can be checked and nothing is taken. Enter the secret again
            below, or start the server with the key it had.
          </p>
        </Panel>
      ) : null}
      <Address one={one} />
      <SignatureForm key={JSON.stringify(one.signature)} one={one} />
      <HookMapping one={one} />
    </Page>
  )
}

function keep(one: Hook): void {
  queryClient.setQueryData(ask('hook', { params: { id: one.id } }).queryKey, one)
  void queryClient.invalidateQueries({ queryKey: ['hooks'] })
}

function Buttons({ one }: { readonly one: Hook }) {
  const navigate = useNavigate()
  const { id, state } = one
  const [removing, setRemoving] = useState(false)
  const move = useMutation({
    mutationFn: (to: HookState) => call('setHookState', { params: { id }, body: { state: to } }),
    onSuccess: keep,
  })
  const remove = useMutation({
    mutationFn: () => call('deleteHook', { params: { id } }),
    onSuccess: async () => {
      await navigate({ to: '/imports/hooks' })
      await queryClient.invalidateQueries({ queryKey: ['hooks'] })
      toast('The webhook is removed; what it brought in stays.')
    },
  })
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {state === 'on' ? (
          <Action route="setHookState" variant="default" loading={move.isPending} onClick={() => move.mutate('paused')}>
            Pause
          </Action>
        ) : (
          <Action
            route="setHookState"
            loading={move.isPending}
            blocked={one.mapping === null ? 'Map a body first, and save the mapping.' : undefined}
            onClick={() => move.mutate('on')}
          >
            Switch it on
          </Action>
        )}
        <Action route="deleteHook" variant="subtle" color="red" onClick={() => setRemoving(true)}>
          Remove
        </Action>
      </div>
      {move.error === null ? null : <Failure error={move.error} />}
      <Confirm
        opened={removing}
        title={`Remove “${one.name}”`}
        danger
        action="Remove the webhook"
        busy={remove.isPending}
        error={remove.error}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
      >
        <p>Whoever still calls it gets a 404. What it brought in stays.</p>
      </Confirm>
    </div>
  )
}

function Address({ one }: { readonly one: Hook }) {
  const settings = useQuery(ask('settings', {}))
  const [asking, setAsking] = useState(false)
  const renew = useMutation({
    mutationFn: () => call('renewHook', { params: { id: one.id } }),
    onSuccess: (renewed) => {
      keep(renewed)
      setAsking(false)
      toast('It has another address; the one before does not work any more.')
    },
  })
  const base = (settings.data?.baseUrl ?? window.location.origin).replace(/\/+$/, '')
  return (
    <Panel
      title="Its address"
      aside={
        <Action route="renewHook" variant="default" size="compact-sm" onClick={() => setAsking(true)}>
          Give it another address
        </Action>
      }
    >
      <div className="stack">
        <p className="soft">Enter it in the other system, with POST and JSON. Whoever has it can send, so treat it like a password.</p>
        {one.path === '' ? (
          <p className="soft">
            It was sealed with another secret key of the server and cannot be read any more; whoever calls it is asked to come again later.
            Give it another address, or start the server with the key it had.
          </p>
        ) : (
          <CodeBlock text={`${base}${one.path}`} what="address of the webhook" wrap />
        )}
      </div>
      <Confirm
        opened={asking}
        title="Give it another address"
        danger
        action="Give it another address"
        busy={renew.isPending}
        error={renew.error}
        onClose={() => setAsking(false)}
        onConfirm={() => renew.mutate()}
      >
        <p>The present address stops working within a second: enter the new one in the other system.</p>
      </Confirm>
    </Panel>
  )
}
