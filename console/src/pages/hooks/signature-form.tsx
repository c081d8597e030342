import { useState } from 'react'
import { Checkbox, PasswordInput, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Hook, HookSignature } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import styles from '../imports/imports.module.css'

const usual: HookSignature = { header: 'X-Hub-Signature-256', algorithm: 'sha256', encoding: 'hex', prefix: 'sha256=' }
const algorithms = [
  ['sha256', 'HMAC-SHA256'],
  ['sha1', 'HMAC-SHA1'],
  ['sha512', 'HMAC-SHA512'],
] as const

/** The name of a webhook, and how its sender signs. */
export function SignatureForm({ one }: { readonly one: Hook }) {
  const { id } = one
  const [name, setName] = useState(one.name)
  const [signs, setSigns] = useState(one.signature !== null)
  const [signature, setSignature] = useState(one.signature ?? usual)
  const [secret, setSecret] = useState('')
  const set = (change: Partial<HookSignature>): void => setSignature((before) => ({ ...before, ...change }))
  const save = useMutation({
    mutationFn: () =>
      call('changeHook', {
        params: { id },
        body: { name: name.trim(), signature: signs ? signature : null, ...(secret === '' ? {} : { secret }) },
      }),
    onSuccess: async (changed) => {
      setSecret('')
      queryClient.setQueryData(ask('hook', { params: { id } }).queryKey, changed)
      await queryClient.invalidateQueries({ queryKey: ['hooks'] })
      toast('Saved.')
    },
  })
  const blocked =
    name.trim() === ''
      ? 'Give it a name first.'
      : signs && signature.header === ''
        ? 'Enter the header that holds the signature.'
        : signs && secret === '' && !one.hasSecret
          ? 'Enter the secret with which the sender signs.'
          : undefined
  return (
    <Panel title="Name and signature">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) save.mutate()
        }}
      >
        <div className={styles.settings}>
          <TextInput label="Name" maxLength={120} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        </div>
        <Checkbox
          label="The sender signs what it sends"
          description="Then nothing is taken from anybody else, even with the address"
          checked={signs}
          onChange={(event) => setSigns(event.currentTarget.checked)}
        />
        {signs ? (
          <div className={styles.settings}>
            <TextInput
              label="Header"
              value={signature.header}
              error={problemOf(save.error, 'header')}
              onChange={(event) => set({ header: event.currentTarget.value.trim() })}
            />
            <Select
              label="Algorithm"
              allowDeselect={false}
              data={algorithms.map(([value, label]) => ({ value, label }))}
              value={signature.algorithm}
              onChange={(value) => set({ algorithm: algorithms.find(([one]) => one === value)?.[0] ?? 'sha256' })}
            />
            <Select
              label="Encoding"
              allowDeselect={false}
              data={[
                { value: 'hex', label: 'Hexadecimal' },
                { value: 'base64', label: 'Base64' },
              ]}
              value={signature.encoding}
              onChange={(value) => set({ encoding: value === 'base64' ? value : 'hex' })}
            />
            <TextInput
              label="Prefix"
              placeholder="nothing"
              maxLength={40}
              value={signature.prefix}
              onChange={(event) => set({ prefix: event.currentTarget.value })}
            />
            <PasswordInput
              label="Secret"
              autoComplete="new-password"
              placeholder={one.hasSecret ? 'kept; type to change it' : ''}
              value={secret}
              error={problemOf(save.error, 'secret')}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
              onChange={(event) => setSecret(event.currentTarget.value)}
            />
          </div>
        ) : null}
        {save.error === null ? null : <Failure error={save.error} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Action route="changeHook" type="submit" variant="default" loading={save.isPending} blocked={blocked}>
            Save the changes
          </Action>
        </div>
      </form>
    </Panel>
  )
}
