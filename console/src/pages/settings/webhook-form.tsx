import { useState } from 'react'
import { PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { RemoveProvider } from './remove-provider.tsx'
import styles from './settings.module.css'

/** Webhooks: whether they go out, and the secret that signs them. */
export function WebhookForm({ provider }: { readonly provider: RouteResponse<'providers'>['items'][number] | undefined }) {
  const config = provider?.config.kind === 'http' ? provider.config : undefined
  const [secret, setSecret] = useState('')
  const [rate, setRate] = useState(config?.maxPerSecond === undefined ? '' : String(config.maxPerSecond))
  const save = useMutation({
    mutationFn: () =>
      call('setProvider', {
        params: { channel: 'webhook' },
        body: {
          config: { kind: 'http', maxPerSecond: rate === '' ? undefined : Number(rate) },
          password: secret === '' ? undefined : secret,
        },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['providers'] })
      toast('Webhooks are called from now on.')
    },
  })
  const blocked = provider?.hasPassword === true || secret !== '' ? undefined : 'Choose the secret that signs each call first.'
  return (
    <Panel title="Webhooks" aside={provider === undefined ? undefined : <RemoveProvider channel="webhook" />}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) save.mutate()
        }}
      >
        <p className="soft">
          {provider === undefined
            ? 'Webhooks go to the sandbox: you see each call under Messages, and nothing is called.'
            : 'Webhooks call the addresses that their templates name.'}
        </p>
        <div className={styles.two}>
          <PasswordInput
            label="Secret that signs each call"
            autoComplete="new-password"
            placeholder={provider?.hasPassword === true ? 'kept; type to change it' : ''}
            value={secret}
            error={problemOf(save.error, 'password')}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <TextInput
            label="At most a second"
            placeholder="no limit"
            inputMode="numeric"
            value={rate}
            error={problemOf(save.error, 'maxPerSecond')}
            onChange={(event) => setRate(event.currentTarget.value.replace(/\D/g, ''))}
          />
        </div>
        {save.error === null ? null : <Failure error={save.error} />}
        <div className={styles.foot}>
          <Action
            route="setProvider"
            type="submit"
            variant={provider === undefined ? 'filled' : 'default'}
            loading={save.isPending}
            blocked={blocked}
          >
            {provider === undefined ? 'Call webhooks for real' : 'Save the changes'}
          </Action>
        </div>
      </form>
    </Panel>
  )
}
