import type { CampaignDefinition, CampaignSend } from '@throughline/contracts'
import { goesByOwnClocks, progressWords, resendWords, whenWords } from '../../format/campaign-words.ts'
import { shareWords } from '../../format/share-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Sum } from '../../ui/sum.tsx'
import { When } from '../../ui/when.tsx'
import { useNames } from '../journeys/use-names.ts'
import { SendDeeds } from './act-on-send.tsx'
import { Approval } from './approval.tsx'
import { Earnings } from './earnings.tsx'
import { Reconciliation } from './reconciliation.tsx'
import { Resend } from './resend.tsx'
import { SendResultsPanel } from './results.tsx'
import { StatePill } from './state-pill.tsx'
import styles from './campaigns.module.css'

interface SendPanelsProps {
  readonly send: CampaignSend
  /** What the campaign said when it was sent. */
  readonly definition: CampaignDefinition
  /** What it says now, and would say if it were sent again. */
  readonly latest: CampaignDefinition
  /** All sends of the campaign. */
  readonly sends: readonly CampaignSend[]
}

/** One send: how it stands with what can be done, its figures, and what became of everybody. */
export function SendPanels({ send, definition, latest, sends }: SendPanelsProps) {
  const format = useFormat()
  const names = useNames()
  const { number, state, note, audience, sent, opened, clicked, heldBack, underWay, resend } = send
  return (
    <>
      <Panel title={`Send ${number}`}>
        <div className={styles.stand}>
          <div className="row">
            <StatePill state={state} />
            <Timing send={send} definition={definition} />
          </div>
          <div className={styles.deeds}>
            <SendDeeds send={send} />
            <Resend send={send} definition={latest} sends={sends} />
          </div>
        </div>
        {resend === null ? null : <p style={{ marginTop: 8 }}>{resendWords(resend)}</p>}
        {note === null ? null : <p style={{ marginTop: 8 }}>{note}</p>}
        <Ramp send={send} />
        <Progress send={send} />
      </Panel>
      <Approval send={send} />
      {state === 'undone' || (state === 'waiting' && send.startedAt === null) ? null : (
        <>
          <Sum
            parts={[
              ['in the audience', format.number(audience), send.isWhole ? 'all of them' : 'so far; the rest is still to be looked at'],
              ['sent', format.number(sent), underWay === 0 ? 'handed over' : `${format.number(underWay)} under way`],
              ['held back', format.number(heldBack), heldBack === 0 ? 'nobody' : 'each with a reason'],
              ['opened', format.number(opened), `${shareWords(opened, sent, format)}, programs left out`],
              ['clicked', format.number(clicked), shareWords(clicked, sent, format)],
            ]}
          />
          <SendResultsPanel send={send} definition={definition} />
          <Panel title="What became of everybody">
            <Reconciliation send={send} definition={definition} names={names} />
          </Panel>
          {send.startedAt === null ? null : <Earnings send={send} />}
        </>
      )}
    </>
  )
}

interface TimingProps {
  readonly send: CampaignSend
  readonly definition: CampaignDefinition
}

function Timing({ send: { startsAt, startedAt, endedAt, by, state, resend }, definition: { when } }: TimingProps) {
  const format = useFormat()
  const own = goesByOwnClocks(when)
  if (state === 'waiting' && startedAt === null && (resend !== null || when.kind === 'now' || when.kind === 'api'))
    return <span className="soft">by {by} · goes out once it is approved</span>
  return (
    <span className="soft">
      by {by} ·{' '}
      {startedAt === null ? (
        <>
          {state === 'scheduled' || state === 'waiting' || state === 'paused' ? 'goes out' : 'was to go out'}{' '}
          <When at={startsAt} as="stamp" />
          {own ? `, ${whenWords(when, format)}: first where the day begins first` : ''}
        </>
      ) : (
        <>
          began <When at={startedAt} as="stamp" />
          {endedAt === null ? '' : ', ended '}
          {endedAt === null ? null : <When at={endedAt} as="stamp" />}
        </>
      )}
    </span>
  )
}

/** How far it is in its ramp, and whether that stopped it. */
function Ramp({ send: { ramp } }: { readonly send: CampaignSend }) {
  if (ramp === null) return null
  return (
    <p style={{ marginTop: 8 }}>
      {ramp.isHalted ? 'The ramp has stopped by itself. Look into it, then resume it, send it to all, or cancel it. ' : ''}
      Stage {ramp.stage} of {ramp.stages}. {ramp.words}
      {ramp.nextAt === null ? null : (
        <>
          {' '}
          The next stage begins <When at={ramp.nextAt} as="stamp" />.
        </>
      )}
    </p>
  )
}

function Progress({ send: { progress } }: { readonly send: CampaignSend }) {
  const format = useFormat()
  if (progress === null) return null
  const words = progressWords(progress, format)
  return (
    <>
      <span
        className={styles.track}
        role="progressbar"
        aria-label="How far it is"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(progress.share * 100)}
        aria-valuetext={words}
      >
        <span style={{ width: `${Math.min(100, progress.share * 100)}%` }} />
      </span>
      <p className="num">{words}</p>
    </>
  )
}
