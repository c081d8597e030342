import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { CampaignDefinition, CampaignSend, Message } from '@throughline/contracts'
import { useFormat } from '../../format/use-format.ts'
import type { Names } from '../journeys/steps/step-editor.ts'
import styles from './campaigns.module.css'

interface ReconciliationProps {
  readonly send: CampaignSend
  readonly definition: CampaignDefinition
  readonly names: Pick<Names, 'segment'>
}

/** What became of everybody in the audience. It adds up at every instant: audience = sent + held back + cancelled + under way. */
export function Reconciliation({ send, definition, names }: ReconciliationProps) {
  const format = useFormat()
  const rows: readonly (readonly [kind: 'one' | 'part' | 'all', key: string, name: ReactNode, people: number])[] = [
    ['one', 'sent', <Messages key="sent" of={send} name="Sent" />, send.sent],
    ['one', 'held', <Messages key="held" of={send} status="held" name="Held back" />, send.heldBack],
    ...send.reasons.map(
      ({ rule, reason, people }) =>
        ['part', rule, rule === 'excluded' ? <Excluded key={rule} {...{ reason, definition, names }} /> : reason, people] as const,
    ),
    ['one', 'cancelled', <Messages key="cancelled" of={send} status="cancelled" name="Cancelled" />, send.cancelled],
    ['one', 'way', <Messages key="way" of={send} status="queued" name="Under way" />, send.underWay],
    ['all', 'all', <Audience key="all" {...{ send, definition, names }} />, send.audience],
  ]
  return (
    <table className={styles.sum}>
      <caption className="vh">What became of everybody in the audience</caption>
      <tbody>
        {rows.map(([kind, key, name, people]) => (
          <tr key={key} className={kind === 'one' ? undefined : styles[kind]}>
            <th scope="row">{name}</th>
            <td>{format.number(people)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** A link to the messages of a send. */
function Messages({
  of,
  status,
  name,
}: {
  readonly of: Pick<CampaignSend, 'campaign' | 'number'>
  readonly status?: Message['status']
  readonly name: string
}) {
  return (
    <Link
      to="/messages"
      search={{ journey: `campaign:${of.campaign}`, send: `${of.campaign}#${of.number}`, status }}
      className="link"
      title={`Messages of this send: ${name.toLowerCase()}`}
    >
      {name}
    </Link>
  )
}

function SegmentLink({ id, names }: { readonly id: string; readonly names: Pick<Names, 'segment'> }) {
  return (
    <Link to="/segments/$id" params={{ id }} search={{}} className="link">
      {names.segment(id)}
    </Link>
  )
}

function Excluded({ reason, definition, names }: { readonly reason: string } & Pick<ReconciliationProps, 'definition' | 'names'>) {
  return (
    <>
      {reason}
      {(definition.audience.except ?? []).map((id, index) => (
        <span key={id}>
          {index === 0 ? ': ' : ', '}
          <SegmentLink id={id} names={names} />
        </span>
      ))}
    </>
  )
}

function Audience({ send, definition, names }: ReconciliationProps) {
  const { segment } = definition.audience
  if (send.resend !== null)
    return (
      <>
        {send.isWhole ? 'In its audience' : 'In its audience so far'}: who did not answer send {send.resend.of}
      </>
    )
  return (
    <>
      {send.isWhole ? 'In the audience: ' : 'In the audience so far: '}
      {segment === undefined ? 'everybody' : <SegmentLink id={segment} names={names} />}
    </>
  )
}
