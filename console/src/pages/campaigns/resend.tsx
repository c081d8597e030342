import { useState } from 'react'
import { Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { channelTable, usualGoal } from '@throughline/contracts'
import type { CampaignDefinition, CampaignSend, ResendTo } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { ask } from '../../api/queries.ts'
import { costWords, isOpen, reachWords } from '../../format/campaign-words.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Chips } from '../../ui/chips.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure, Pending } from '../../ui/states.tsx'
import { refreshCampaigns } from './act-on-send.tsx'

const whom: readonly (readonly [value: ResendTo, words: string])[] = [
  ['not-opened', 'did not open it'],
  ['not-clicked', 'did not click'],
]

interface ResendProps {
  readonly send: CampaignSend
  readonly definition: CampaignDefinition
  /** All sends of the campaign. */
  readonly sends: readonly CampaignSend[]
}

/** The button that sends once more to those who did not answer; only where somebody got it and it is over. */
export function Resend({ send, definition, sends }: ResendProps) {
  const [open, setOpen] = useState(false)
  if (isOpen(send.state) || send.startedAt === null || send.endedAt === null || definition.archived === true) return null
  const other = sends.find(({ state, startedAt, resend }) => isOpen(state) && (startedAt !== null || resend !== null))
  return (
    <>
      <Action
        route="resendCampaign"
        variant="default"
        blocked={
          other !== undefined && definition.when.kind !== 'api'
            ? `Send ${other.number} is ${other.state}. Wait for its end, or cancel it first.`
            : send.sent === 0
              ? 'Nobody got this send.'
              : undefined
        }
        onClick={() => setOpen(true)}
      >
        Send again to who did not answer
      </Action>
      {open ? <ResendDialog send={send} definition={definition} close={() => setOpen(false)} /> : null}
    </>
  )
}

function ResendDialog({ send, definition, close }: Omit<ResendProps, 'sends'> & { readonly close: () => void }) {
  const format = useFormat()
  const navigate = useNavigate({ from: '/campaigns/$id' })
  const [to, setTo] = useState<ResendTo>('not-opened')
  const [exceptGoal, setExceptGoal] = useState(true)
  const [subject, setSubject] = useState('')
  const params = { id: send.campaign, number: send.number }
  const estimate = useQuery({ ...ask('estimateResend', { params, body: { to, exceptGoal } }), staleTime: 30_000 })
  const order = useMutation({
    mutationFn: () =>
      call('resendCampaign', { params, body: { to, exceptGoal, ...(subject.trim() !== '' && { subject: subject.trim() }) } }),
    onSuccess: async ({ send: ordered }) => {
      await refreshCampaigns()
      await navigate({ search: { send: ordered.number }, replace: true, resetScroll: false })
      close()
    },
  })
  const { data } = estimate
  const cost = data === undefined ? null : costWords(data, format)
  const wrong = problemOf(order.error, 'subject')
  const goal = (definition.goal ?? usualGoal).event
  return (
    <Dialog opened onClose={close} title={`Send again to those who did not answer send ${send.number}`}>
      <div className="stack">
        <Chips label="Who gets it again" options={whom} value={to} onChange={setTo} />
        <Switch
          label={`Not to those who have done ${goal} since`}
          checked={exceptGoal}
          onChange={(event) => setExceptGoal(event.currentTarget.checked)}
        />
        <TextInput
          label="Another subject line"
          description="Left empty, it is that of the template"
          maxLength={300}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
          error={wrong}
        />
        <div aria-live="polite">
          {data === undefined ? (
            estimate.error === null ? (
              <Pending what="the estimate" rows={2} />
            ) : (
              <Failure error={estimate.error} what="The estimate" retry={() => void estimate.refetch()} />
            )
          ) : (
            <p>
              {counted(format, data.audience, 'person', 'people')} got it and {to === 'not-opened' ? 'did not open it' : 'did not click'};{' '}
              {data.exact ? '' : 'about '}
              {format.number(data.meant)} of them are still meant, and {reachWords(data, format)} of these{' '}
              {data.reachable === 1 ? 'is' : 'are'} reached by {channelTable[definition.message.channel].word}
              {cost === null ? '' : `, which costs ${cost}`}. The rest is held back, each with a reason.
            </p>
          )}
        </div>
        <p className="soft">
          It is a send of its own. For 30 seconds nobody gets it and you can undo it. Who opens or clicks before their turn gets nothing.
        </p>
        {order.error === null || wrong !== undefined ? null : <Failure error={order.error} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Action
            route="resendCampaign"
            loading={order.isPending}
            blocked={
              data === undefined
                ? 'How many it reaches is being counted.'
                : data.audience === 0
                  ? 'Everybody who got it has answered.'
                  : undefined
            }
            onClick={() => order.mutate()}
          >
            {data === undefined ? 'Send again' : `Send to ${reachWords(data, format)}${cost === null ? '' : ` · ${cost}`}`}
          </Action>
        </div>
      </div>
    </Dialog>
  )
}
