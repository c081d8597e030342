import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import type { Forget } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { askPages } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { CopyIcon } from '../../ui/copy.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty, Failure } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { Denied } from './denied.tsx'
import styles from './audit.module.css'

/** Receipts of people who were forgotten, and the way to let one come back. */
export function ForgottenPeople() {
  const allowed = useMayCall('forgets')
  const receipts = useInfiniteQuery({
    ...askPages('forgets', { query: { limit: 50 } }),
    enabled: allowed.kind === 'yes',
    refetchInterval: (query) => (query.state.data?.pages[0]?.items.some((one) => one.state === 'pending') === true ? 1_000 : false),
  })
  return (
    <Page
      title="Forgotten people"
      lead="Each receipt proves that somebody is gone, and names nobody. A person is forgotten on their own page."
    >
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <>
          <Panel title="Receipts" flush>
            <Paged
              query={receipts}
              what="the receipts"
              rows={5}
              empty={<Empty title="Nobody was forgotten">Who asks for it is forgotten on their page: People, the person, Forget.</Empty>}
            >
              {(rows) => (
                <ul className={styles.log}>
                  {rows.map((one) => (
                    <Receipt key={one.id} receipt={one} />
                  ))}
                </ul>
              )}
            </Paged>
          </Panel>
          <Allow />
        </>
      )}
    </Page>
  )
}

function Receipt({ receipt }: { readonly receipt: Forget }) {
  const counts = receipt.counts.filter(({ count }) => count > 0)
  return (
    <li className={styles.entry}>
      <div className={styles.head}>
        <span>
          Receipt <span className="mono break">{receipt.id}</span> <CopyIcon text={receipt.id} what="receipt" />
        </span>
        <span className={styles.end}>
          <Pill tone={receipt.state === 'complete' ? 'good' : 'wait'}>{receipt.state === 'complete' ? 'all gone' : 'under way'}</Pill>
          <When at={receipt.requestedAt} as="stamp" />
        </span>
      </div>
      <p className="dim">
        Asked by {receipt.requestedBy}
        {receipt.completedAt === null ? null : (
          <>
            {' · complete '}
            <When at={receipt.completedAt} as="stamp" />
          </>
        )}
      </p>
      {receipt.waitsFor === null ? null : <p role="status">{receipt.waitsFor}</p>}
      {counts.length === 0 ? null : (
        <details className={styles.more}>
          <summary>What went from where</summary>
          <dl className={styles.fields}>
            {counts.map(({ place, count }) => (
              <div key={place}>
                <dt className="mono">{place}</dt>
                <dd className="num">{count.toLocaleString('en')}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  )
}

function Allow() {
  const [identifier, setIdentifier] = useState('')
  const allow = useMutation({
    mutationFn: () => call('allowForgotten', { body: { identifier: identifier.trim() } }),
    onSuccess: () => setIdentifier(''),
  })
  return (
    <Panel title="Let somebody come back">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (identifier.trim() !== '') allow.mutate()
        }}
      >
        <p className="soft">
          Events of whoever was forgotten are refused. Allowed again, they come back as somebody new: nothing that was known returns, and
          what their address had opted out of holds again.
        </p>
        <TextInput
          label="E-mail address, phone number, user id or device id"
          value={identifier}
          maxLength={300}
          onChange={(event) => setIdentifier(event.currentTarget.value)}
        />
        {allow.error === null ? null : <Failure error={allow.error} />}
        {allow.data === undefined ? null : <p role="status">Events under it are accepted again.</p>}
        <div className="row">
          <Action
            route="allowForgotten"
            type="submit"
            variant="default"
            loading={allow.isPending}
            blocked={identifier.trim() === '' ? 'Write under what they may come back.' : undefined}
          >
            Allow them again
          </Action>
        </div>
      </form>
    </Panel>
  )
}
