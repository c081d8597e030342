import type { Message } from '@throughline/contracts'
import { outcomeWords, statusNames, statusTones } from '../../format/message-words.ts'
import { Pill } from '../../ui/pill.tsx'

/** How far a message has come. */
export function StatusPill({ message }: { readonly message: Pick<Message, 'status' | 'openedAt' | 'clickedAt' | 'sandbox'> }) {
  const outcome = outcomeWords(message)
  return (
    <span className="row" style={{ gap: 6 }}>
      <Pill tone={statusTones[message.status]}>
        {statusNames[message.status]}
        {outcome === '' ? '' : `, ${outcome}`}
      </Pill>
      {message.sandbox ? <Pill tone="info">sandbox</Pill> : null}
    </span>
  )
}
