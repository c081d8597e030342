import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { refreshCampaigns } from './act-on-send.tsx'
import type { Campaign } from './campaign.tsx'
import styles from './campaigns.module.css'

/** The links of a campaign that lead elsewhere than they did, and the button that mends one. */
export function Redirects({ campaign: { id, redirects } }: { readonly campaign: Pick<Campaign, 'id' | 'redirects'> }) {
  const [open, setOpen] = useState(false)
  const lift = useMutation({
    mutationFn: (from: string) => call('redirectLink', { params: { id }, body: { from, to: null } }),
    onSuccess: async () => {
      await refreshCampaigns()
      toast('The link leads where it did.')
    },
  })
  return (
    <Panel title="Wrong links">
      <div className="stack" style={{ gap: 10 }}>
        {redirects.length === 0 ? (
          <p className="soft">
            All links lead where the messages say. One that is wrong can lead elsewhere, also in messages that were sent.
          </p>
        ) : (
          <ul className={styles.links}>
            {redirects.map(({ from, to, by, at }) => (
              <li key={from}>
                <span className="soft">{from}</span>
                <br />
                leads to {to}
                <br />
                <span className="dim">
                  by {by}, <When at={at} as="stamp" />
                </span>
                <div>
                  <Action
                    route="redirectLink"
                    variant="default"
                    size="compact-sm"
                    loading={lift.isPending && lift.variables === from}
                    onClick={() => lift.mutate(from)}
                  >
                    Lead where it did
                  </Action>
                </div>
              </li>
            ))}
          </ul>
        )}
        {lift.error === null ? null : <Failure error={lift.error} />}
        <div>
          <Action route="redirectLink" variant="default" onClick={() => setOpen(true)}>
            Mend a link
          </Action>
        </div>
      </div>
      {open ? <MendLink id={id} close={() => setOpen(false)} /> : null}
    </Panel>
  )
}

function MendLink({ id, close }: { readonly id: string; readonly close: () => void }) {
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const mend = useMutation({
    mutationFn: () => call('redirectLink', { params: { id }, body: { from: from.trim(), to: to.trim() } }),
    onSuccess: async () => {
      await refreshCampaigns()
      close()
      toast('The link leads elsewhere in about a second.')
    },
  })
  const blocked =
    from.trim() === ''
      ? 'Say which link is wrong.'
      : /^https?:\/\/./.test(to.trim())
        ? undefined
        : 'Say where it is to lead: an address with http:// or https://.'
  const wrong = { from: problemOf(mend.error, 'from'), to: problemOf(mend.error, 'to') }
  return (
    <Dialog opened onClose={close} title="Let a link lead elsewhere">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) mend.mutate()
        }}
      >
        <TextInput
          label="The wrong link"
          description="As it stands in the message, with everything behind the question mark"
          placeholder="https://shop.example/srping"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={wrong.from}
          data-autofocus
        />
        <TextInput
          label="Leads to"
          placeholder="https://shop.example/spring"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={wrong.to}
        />
        <p className="soft">It holds for messages that were sent, too. What was clicked is recorded as it was written.</p>
        {mend.error === null || wrong.from !== undefined || wrong.to !== undefined ? null : <Failure error={mend.error} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Action route="redirectLink" type="submit" loading={mend.isPending} blocked={blocked}>
            Let it lead there
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
