import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ChannelKind } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import styles from './settings.module.css'

/** Sends one message to an address of one's own, and shows what the provider said. */
export function TestSend({ channel }: { readonly channel: ChannelKind }) {
  const me = useQuery(ask('me', {}))
  const [typed, setTyped] = useState<string | null>(null)
  const to = typed ?? me.data?.email ?? ''
  const test = useMutation({ mutationFn: () => call('testProvider', { params: { channel }, body: { to: to.trim() } }) })
  const blocked = to.trim().length < 3 ? 'Say to which address.' : undefined
  return (
    <Panel title="Send a test">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) test.mutate()
        }}
      >
        <div style={{ display: 'flex', gap: 12, alignItems: 'flex-end', flexWrap: 'wrap' }}>
          <TextInput
            label="To"
            type="email"
            value={to}
            onChange={(event) => setTyped(event.currentTarget.value)}
            style={{ flex: '1 1 220px' }}
          />
          <Action route="testProvider" type="submit" variant="default" loading={test.isPending} blocked={blocked}>
            Send a test{to.trim() === '' ? '' : ` to ${to.trim()}`}
          </Action>
        </div>
        <div role="status">
          {test.data === undefined ? null : (
            <p className={`${styles.note} ${test.data.ok ? styles.good : styles.bad}`}>
              {test.data.ok ? 'The provider took it: ' : 'The provider refused it: '}
              <span className="mono break">{test.data.detail}</span>
            </p>
          )}
        </div>
        {test.error === null ? null : <Failure error={test.error} />}
      </form>
    </Panel>
  )
}
