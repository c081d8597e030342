import type { MessageDetail, TextChannel } from '@throughline/contracts'
import { TextLength } from './text-length.tsx'
import styles from './messages.module.css'

type TextContent = Extract<NonNullable<MessageDetail['content']>, { channel: TextChannel }>

/** A message of plain text, and whom a provider would be told to give it to. Its address is shown, not followed: a click would count as theirs. */
export function TextCard({ content }: { readonly content: TextContent }) {
  const { channel, recipient, title, body, url } = content
  return (
    <div className="stack" style={{ maxWidth: 420 }}>
      <div className={styles.card}>
        <span className={styles.cardMark} />
        <div>
          {title === null ? null : <p className={styles.cardTitle}>{title}</p>}
          <p className="soft break" style={{ whiteSpace: 'pre-line' }}>
            {body}
          </p>
          {url === null || title === null ? null : (
            <p className="dim break" style={{ fontSize: 12.5 }}>
              leads to {url}
            </p>
          )}
        </div>
      </div>
      <TextLength channel={channel} title={title} body={body} />
      <p className="dim break">
        {channel === 'ad-audience' ? 'For whom, as an ad network would be told (SHA-256): ' : 'For: '}
        {recipient}
      </p>
    </div>
  )
}
