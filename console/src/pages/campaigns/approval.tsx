import { useState } from 'react'
import { Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ApprovalChange, ApprovalDetails, CampaignSend } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { approvalWords } from '../../format/campaign-words.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { refreshCampaigns } from './act-on-send.tsx'
import styles from './campaigns.module.css'

type Decision = 'approve' | 'refuse'

/** The approval of a send by a second person: who asked, what goes to how many, what differs from what was approved last, and the two buttons. */
export function Approval({ send }: { readonly send: CampaignSend }) {
  if (send.approval === null) return null
  return send.state === 'waiting' ? (
    <Panel title="Approval">
      <Waiting send={send} />
    </Panel>
  ) : (
    <Panel title="Approval">
      <p>{approvalWords(send.approval, send.startedAt !== null)}</p>
      {send.approval.decidedAt === null ? null : (
        <p className="dim">
          <When at={send.approval.decidedAt} as="stamp" />
        </p>
      )}
    </Panel>
  )
}

function Waiting({ send }: { readonly send: CampaignSend }) {
  const { approval } = send
  const params = paramsOf(send)
  const details = useQuery({ ...ask('sendApproval', { params }), refetchInterval: 5_000 })
  // What is looked at is what is decided: an answer that comes while the question is open changes nothing of it.
  const [wish, setWish] = useState<{ readonly decision: Decision; readonly found: ApprovalDetails } | null>(null)
  const refresh = async (): Promise<void> => {
    await Promise.all([queryClient.invalidateQueries({ queryKey: ['sendApproval'] }), refreshCampaigns()])
  }
  const request = useMutation({
    mutationFn: () => call('askApproval', { params }),
    onSuccess: async () => {
      await refresh()
      toast('Somebody else can approve it now.')
    },
  })
  return (
    <div className="stack" style={{ gap: 10 }}>
      {approval === null ? null : <p>{approvalWords(approval, send.startedAt !== null)}</p>}
      <Loaded query={details} what="what is to be approved">
        {(found) => (
          <>
            <What found={found} />
            <div className={styles.deeds}>
              {found.mayAsk ? (
                <Action route="askApproval" loading={request.isPending} onClick={() => request.mutate()}>
                  Ask for its approval
                </Action>
              ) : (
                <>
                  <Action
                    route="decideApproval"
                    blocked={found.whyNot ?? undefined}
                    onClick={() => setWish({ decision: 'approve', found })}
                  >
                    Approve
                  </Action>
                  <Action
                    route="decideApproval"
                    variant="default"
                    blocked={found.whyNot ?? undefined}
                    onClick={() => setWish({ decision: 'refuse', found })}
                  >
                    Refuse
                  </Action>
                </>
              )}
            </div>
            {request.error === null ? null : <Failure error={request.error} />}
            {wish === null ? null : <Decide {...wish} send={send} close={() => setWish(null)} done={refresh} />}
          </>
        )}
      </Loaded>
    </div>
  )
}

function What({ found: { sentence, people, since, changes, isChanged } }: { readonly found: ApprovalDetails }) {
  const format = useFormat()
  return (
    <>
      <p>
        {sentence}: {counted(format, people, 'person is', 'people are')} in its audience now.
      </p>
      {isChanged ? <p>It was changed since its approval was asked for.</p> : null}
      {since === null ? (
        <p className="soft">No send of this campaign was approved before.</p>
      ) : changes.length === 0 ? (
        <p className="soft">
          Nothing of it was changed since {since.by} approved send {since.number}.
        </p>
      ) : (
        <div>
          <p>
            What differs from send {since.number}, which {since.by} approved:
          </p>
          <ul className={styles.links}>
            {changes.map((one) => (
              <li key={`${one.kind} ${one.id}`}>
                {changeWords(one)}
                {one.places.map(({ field, before, after }) => (
                  <div key={field} className="soft">
                    <code className="mono">{field}</code>: {before ?? 'nothing'} → {after ?? 'nothing'}
                  </div>
                ))}
                {one.more === 0 ? null : <div className="soft">and {counted(format, one.more, 'more place', 'more places')}</div>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

const paramsOf = ({ campaign, number }: CampaignSend) => ({ id: campaign, number: String(number) })

const kindWords = { campaign: 'The campaign', template: 'The template', segment: 'The segment', trait: 'The computed trait' } as const
const deedWords = { new: 'was not part of it', changed: 'was changed', gone: 'is no part of it any more' } as const

function changeWords({ kind, name, change }: ApprovalChange): string {
  return kind === 'send' ? `The time or the line of this send ${deedWords[change]}.` : `${kindWords[kind]} “${name}” ${deedWords[change]}.`
}

interface DecideProps {
  readonly decision: Decision
  readonly found: ApprovalDetails
  readonly send: CampaignSend
  readonly close: () => void
  readonly done: () => Promise<void>
}

function Decide({ decision, found, send, close, done }: DecideProps) {
  const format = useFormat()
  const [note, setNote] = useState('')
  const isApproval = decision === 'approve'
  const hasBegun = send.startedAt !== null
  const isLater = !hasBegun && send.startsAt > Date.now()
  const decide = useMutation({
    mutationFn: () =>
      call('decideApproval', {
        params: paramsOf(send),
        body: { decision, digest: found.digest, ...(note.trim() !== '' && { note: note.trim() }) },
      }),
    onSuccess: async () => {
      await done()
      close()
      toast(isApproval ? (isLater ? 'It is approved, and goes out at its time.' : 'It is approved, and goes out.') : 'It is refused.')
    },
  })
  return (
    <Dialog opened onClose={close} title={isApproval ? 'Approve this send?' : 'Refuse this send?'}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          decide.mutate()
        }}
      >
        <p>
          {isApproval
            ? `It goes ${hasBegun ? 'on' : 'out'} as it is now, to an audience of ${counted(format, found.people, 'person', 'people')}. If anything of it is changed, it needs another approval.`
            : hasBegun
              ? 'It stays stopped: nobody else gets it until somebody asks again, or cancels it. Whoever sent it sees what you say.'
              : 'Nobody gets it. Whoever sent it sees what you say.'}
        </p>
        <Textarea
          label={isApproval ? 'A note (optional)' : 'Why (optional)'}
          autosize
          minRows={2}
          maxLength={1_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {decide.error === null ? null : <Failure error={decide.error} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Action route="decideApproval" type="submit" color={isApproval ? undefined : 'red'} loading={decide.isPending}>
            {isApproval ? `Approve for ${counted(format, found.people, 'person', 'people')}` : 'Refuse'}
          </Action>
        </div>
      </form>
    </Dialog>
  )
}
