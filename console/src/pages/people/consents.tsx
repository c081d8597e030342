import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { channelTable, consentChannels, eachChannel } from '@throughline/contracts'
import type { PersonDetail, RouteInput } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Failure } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import styles from './consents.module.css'

type Channel = (typeof consentChannels)[number]
type State = RouteInput<'setConsent'>['body']['state']
const names: Record<Channel, string> = {
  ...eachChannel((kind) => channelTable[kind].consent),
  tracking: 'Opens and clicks tracked',
}

/** What somebody allows, where that was said, and the way to change it on their behalf. */
export function Consents({ person }: { readonly person: PersonDetail }) {
  const settings = useQuery(ask('settings', {}))
  const [change, setChange] = useState<{ readonly channel: Channel; readonly state: State } | null>(null)
  const defaults: Partial<Record<Channel, State>> =
    settings.data === undefined ? {} : { ...settings.data.consentDefaults, tracking: settings.data.trackingDefault }
  return (
    <Panel title="Consents">
      <ul className={styles.list}>
        {consentChannels.map((channel) => {
          const said = person.consents.filter((one) => one.channel === channel)
          const whole = said.find((one) => one.topic === '')
          const state = whole?.state ?? defaults[channel]
          return (
            <li key={channel} className={styles.item}>
              <div className={styles.words}>
                <span>{names[channel]}</span>
                <span className="dim">
                  {whole === undefined ? (
                    'Said nothing; the workspace’s default holds'
                  ) : (
                    <>
                      {whole.source}, <When at={whole.at} as="date" />
                      {whole.wording === null ? '' : `: “${whole.wording}”`}
                    </>
                  )}
                </span>
                {said
                  .filter((one) => one.topic !== '')
                  .map((one) => (
                    <span key={one.topic} className="dim">
                      Topic {one.topic}: {one.state}, {one.source}
                    </span>
                  ))}
              </div>
              <div className={styles.state}>
                {state === undefined ? null : (
                  <Pill tone={state === 'granted' ? 'good' : 'plain'}>{state === 'granted' ? 'allowed' : 'not allowed'}</Pill>
                )}
                <Action
                  route="setConsent"
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`${state === 'granted' ? 'Withdraw' : 'Record consent'}: ${names[channel]}`}
                  onClick={() => setChange({ channel, state: state === 'granted' ? 'withdrawn' : 'granted' })}
                >
                  {state === 'granted' ? 'Withdraw' : 'Record consent'}
                </Action>
              </div>
            </li>
          )
        })}
      </ul>
      {person.suppressions.map((one) => (
        <p key={`${one.channel}:${one.address}`} className={styles.stop}>
          Nothing is sent to <span className="break">{one.address}</span>: {one.reason}, <When at={one.at} as="date" />.
        </p>
      ))}
      {change === null ? null : <ChangeConsent person={person} change={change} onClose={() => setChange(null)} />}
    </Panel>
  )
}

function ChangeConsent({
  person,
  change,
  onClose,
}: {
  readonly person: PersonDetail
  readonly change: { readonly channel: Channel; readonly state: State }
  readonly onClose: () => void
}) {
  const [source, setSource] = useState('')
  const granting = change.state === 'granted'
  const save = useMutation({
    mutationFn: () =>
      call('setConsent', { params: { id: person.id }, body: { channel: change.channel, state: change.state, source: source.trim() } }),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['person'] }),
        queryClient.invalidateQueries({ queryKey: ['timeline'] }),
      ])
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={granting ? 'Record a consent' : 'Record a withdrawal'}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (source.trim() !== '') save.mutate()
        }}
      >
        <p>
          {names[change.channel]}: <strong>{granting ? 'allowed' : 'not allowed'}</strong> for {personTitle(person)}.{' '}
          {granting ? 'Record only what they have told you.' : 'It holds at once, for every later message.'}
        </p>
        <TextInput
          label="Where they said it"
          placeholder={granting ? 'Signed the form in the shop' : 'Asked on the phone'}
          required
          maxLength={200}
          value={source}
          onChange={(event) => setSource(event.currentTarget.value)}
          data-autofocus
        />
        {save.error === null ? null : <Failure error={save.error} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Action
            route="setConsent"
            type="submit"
            loading={save.isPending}
            blocked={source.trim() === '' ? 'Say where they said it: a consent without its source proves nothing.' : undefined}
          >
            {granting ? 'Record the consent' : 'Record the withdrawal'}
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
