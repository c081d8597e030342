import { useQuery } from '@tanstack/react-query'
import { channelKinds, channelTable } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { ask } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Denied } from './denied.tsx'
import { SmtpForm } from './smtp-form.tsx'
import { TestSend } from './test-send.tsx'
import { WebhookForm } from './webhook-form.tsx'
import styles from './settings.module.css'

const uncarried = channelKinds.flatMap((kind) => (channelTable[kind].carrier === 'none' ? [channelTable[kind].name] : [])).join(', ')

/** Who carries the messages of each channel; without anybody they go to the sandbox. */
export function Providers() {
  const allowed = useMayCall('providers')
  const providers = useQuery({ ...ask('providers', {}), enabled: allowed.kind === 'yes' })
  return (
    <Page title="Providers" lead="Who carries your messages.">
      {allowed.kind === 'no' ? (
        <Denied why={allowed.why} />
      ) : (
        <Loaded query={providers} what="providers">
          {({ items }) => {
            const email = items.find((one) => one.channel === 'email')
            const webhook = items.find((one) => one.channel === 'webhook')
            return (
              <>
                <p className={`${styles.note} ${email === undefined ? '' : styles.good}`}>
                  {email === undefined
                    ? 'E-mail has no provider: its messages go to the sandbox. You see them under Messages as people would see them; nobody receives them.'
                    : 'E-mail goes out to real people through the provider below. Remove it, and e-mail goes to the sandbox again.'}
                </p>
                <SmtpForm key={email?.updatedAt ?? 0} provider={email} />
                {email === undefined ? null : <TestSend channel="email" />}
                <WebhookForm key={`webhook ${webhook?.updatedAt ?? 0}`} provider={webhook} />
                <Panel title="Notification inbox">
                  <p className="soft">
                    Needs no provider: notes are kept here, and your site reads them with a token that is signed for one person.
                  </p>
                </Panel>
                <Panel title="Channels without a provider">
                  <p className="soft">
                    {uncarried}: nothing can be connected to them yet. What journeys send by them goes to the sandbox under their own names:
                    you see it under Messages as it would have been, and nobody receives it.
                  </p>
                </Panel>
              </>
            )
          }}
        </Loaded>
      )}
    </Page>
  )
}
