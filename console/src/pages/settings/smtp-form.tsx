import { useState } from 'react'
import { PasswordInput, Switch, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { providerConfigSchema } from '@throughline/contracts'
import type { RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { RemoveProvider } from './remove-provider.tsx'
import { draftOf, inputOf } from './smtp-draft.ts'
import type { SmtpDraft } from './smtp-draft.ts'
import styles from './settings.module.css'

type Provider = RouteResponse<'providers'>['items'][number]

/** The form for e-mail by SMTP. Secrets go in and never come out. */
export function SmtpForm({ provider }: { readonly provider: Provider | undefined }) {
  const [draft, setDraft] = useState<SmtpDraft>(() => draftOf(provider))
  const set = (change: Partial<SmtpDraft>): void => setDraft((now) => ({ ...now, ...change }))
  const input = inputOf(draft)
  const checked = providerConfigSchema.safeParse(input.config)
  const save = useMutation({
    mutationFn: () => call('setProvider', { params: { channel: 'email' }, body: input }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['providers'] })
      toast('E-mail goes out through this provider from now on. Send yourself a test.')
    },
  })
  const missing =
    draft.host.trim() === ''
      ? 'Say the host of the provider first.'
      : draft.from.trim() === ''
        ? 'Say from which address e-mail comes.'
        : checked.success
          ? undefined
          : `${checked.error.issues[0]?.path.join(' ') ?? 'A field'} is not right yet.`
  const field = (name: string): string | undefined => problemOf(save.error, name)
  const named = ['host', 'port', 'user', 'from', 'replyTo', 'returnPath', 'domain', 'selector', 'dkimKey', 'password'].some(
    (name) => field(name) !== undefined,
  )
  return (
    <Panel title="E-mail by SMTP" aside={provider === undefined ? undefined : <RemoveProvider channel="email" />}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (missing === undefined) save.mutate()
        }}
      >
        <div className={styles.three}>
          <TextInput
            label="Host"
            placeholder="smtp.example.com"
            value={draft.host}
            error={field('host')}
            onChange={(event) => set({ host: event.currentTarget.value })}
          />
          <TextInput
            label="Port"
            inputMode="numeric"
            value={draft.port}
            error={field('port')}
            onChange={(event) => set({ port: event.currentTarget.value.replace(/\D/g, '') })}
          />
          <TextInput
            label="At most a second"
            placeholder="no limit"
            inputMode="numeric"
            value={draft.maxPerSecond}
            error={field('maxPerSecond')}
            onChange={(event) => set({ maxPerSecond: event.currentTarget.value.replace(/\D/g, '') })}
          />
        </div>
        <Switch
          label="TLS from the first byte"
          description="For port 465. Otherwise the connection turns to TLS as soon as the provider offers it."
          checked={draft.secure}
          onChange={(event) => set({ secure: event.currentTarget.checked })}
        />
        <div className={styles.two}>
          <TextInput
            label="User"
            autoComplete="off"
            value={draft.user}
            error={field('user')}
            onChange={(event) => set({ user: event.currentTarget.value })}
          />
          <PasswordInput
            label="Password"
            autoComplete="new-password"
            placeholder={provider?.hasPassword === true ? 'kept; type to change it' : ''}
            value={draft.password}
            error={field('password')}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            onChange={(event) => set({ password: event.currentTarget.value })}
          />
        </div>
        <div className={styles.two}>
          <TextInput
            label="From"
            type="email"
            placeholder="hello@shop.example"
            value={draft.from}
            error={field('from')}
            onChange={(event) => set({ from: event.currentTarget.value })}
          />
          <TextInput
            label="Name of the sender"
            value={draft.fromName}
            error={field('fromName')}
            onChange={(event) => set({ fromName: event.currentTarget.value })}
          />
          <TextInput
            label="Answers go to"
            placeholder="the sender"
            value={draft.replyTo}
            error={field('replyTo')}
            onChange={(event) => set({ replyTo: event.currentTarget.value })}
          />
          <TextInput
            label="Delivery reports go to"
            placeholder="bounces@shop.example"
            value={draft.returnPath}
            error={field('returnPath')}
            onChange={(event) => set({ returnPath: event.currentTarget.value })}
          />
        </div>
        <details>
          <summary>Sign with DKIM{provider?.hasDkimKey === true ? ', a key is kept' : ''}</summary>
          <div className={styles.form} style={{ marginTop: 12 }}>
            <div className={styles.two}>
              <TextInput
                label="Domain"
                placeholder="shop.example"
                value={draft.dkimDomain}
                error={field('domain')}
                onChange={(event) => set({ dkimDomain: event.currentTarget.value })}
              />
              <TextInput
                label="Selector"
                placeholder="mail2026"
                value={draft.dkimSelector}
                error={field('selector')}
                onChange={(event) => set({ dkimSelector: event.currentTarget.value })}
              />
            </div>
            <Textarea
              label="Private key (PEM)"
              minRows={3}
              autosize
              maxRows={8}
              placeholder={provider?.hasDkimKey === true ? 'kept; paste another to change it' : '-----BEGIN PRIVATE KEY-----'}
              value={draft.dkimKey}
              error={field('dkimKey')}
              onChange={(event) => set({ dkimKey: event.currentTarget.value })}
            />
          </div>
        </details>
        {save.error === null || named ? null : <Failure error={save.error} />}
        <div className={styles.foot}>
          <Action route="setProvider" type="submit" loading={save.isPending} blocked={missing}>
            {provider === undefined ? 'Send e-mail through this provider' : 'Save the changes'}
          </Action>
        </div>
      </form>
    </Panel>
  )
}
