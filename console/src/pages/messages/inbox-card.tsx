import type { MessageDetail } from '@throughline/contracts'
import styles from './messages.module.css'

type InboxContent = Extract<NonNullable<MessageDetail['content']>, { channel: 'inbox' }>

/** A note as it stands in somebody's inbox. Its address is shown, not followed: a click would count as theirs. */
export function InboxCard({ content, unread }: { readonly content: InboxContent; readonly unread: boolean }) {
  return (
    <div className={styles.card}>
      <span className={`${styles.cardMark} ${unread ? styles.unread : ''}`} title={unread ? 'not seen yet' : undefined} />
      <div>
        <p className={styles.cardTitle}>{content.title}</p>
        <p className="soft" style={{ whiteSpace: 'pre-line' }}>
          {content.body}
        </p>
        {content.url === null ? null : (
          <p className="dim break" style={{ fontSize: 12.5 }}>
            leads to {content.url}
          </p>
        )}
      </div>
      {content.image === null ? null : <img className={styles.cardImage} src={content.image} alt="" referrerPolicy="no-referrer" />}
    </div>
  )
}
