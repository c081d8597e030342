import { useMemo, useState } from 'react'
import { Button } from '@mantine/core'
import type { MessageDetail } from '@throughline/contracts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Chips } from '../../ui/chips.tsx'
import { CodeBlock } from '../../ui/copy.tsx'
import { Facts } from '../../ui/panel.tsx'
import { safeEmail } from './safe-email.ts'
import styles from './messages.module.css'

type EmailContent = Extract<NonNullable<MessageDetail['content']>, { channel: 'email' }>
const parts = [
  ['wide', 'Computer'],
  ['phone', 'Phone'],
  ['text', 'Text part'],
  ['headers', 'Headers'],
  ['source', 'HTML'],
] as const
type Part = (typeof parts)[number][0]

/** An e-mail as it arrived: its HTML in a closed frame, its text, its headers. */
export function EmailPreview({ content, to }: { readonly content: EmailContent; readonly to: string | null }) {
  const [part, setPart] = useState<Part>('wide')
  const [pictures, setPictures] = useState(false)
  const format = useFormat()
  const safe = useMemo(() => safeEmail(content.html, pictures), [content.html, pictures])
  return (
    <div className={styles.preview}>
      <div className={styles.envelope}>
        <strong>{content.subject}</strong>
        <span className="soft break">From {content.from}</span>
        <span className="soft break">To {to ?? 'nobody'}</span>
      </div>
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <Chips label="Part of the e-mail" options={parts} value={part} onChange={setPart} />
        {safe.remote > 0 && !pictures && (part === 'wide' || part === 'phone') ? (
          <Button variant="default" size="compact-sm" onClick={() => setPictures(true)}>
            Load {counted(format, safe.remote, 'picture', 'pictures')} from the network
          </Button>
        ) : null}
      </div>
      {part === 'wide' || part === 'phone' ? (
        <>
          <div className={styles.stage}>
            <iframe
              key={String(pictures)}
              className={`${styles.frame} ${part === 'phone' ? styles.phone : ''}`}
              sandbox=""
              srcDoc={safe.html}
              title={`E-mail: ${content.subject}`}
              referrerPolicy="no-referrer"
              tabIndex={-1}
            />
          </div>
          <p className="dim">Links are dead here and tracking pixels are left out, so looking at it counts as nothing.</p>
        </>
      ) : part === 'text' ? (
        <CodeBlock text={content.text} what="text part" wrap />
      ) : part === 'source' ? (
        <CodeBlock text={content.html} what="HTML of the e-mail" wrap />
      ) : (
        <Facts
          items={Object.entries(content.headers).map(
            ([name, value]) =>
              [
                name,
                <span key={name} className="mono break">
                  {value}
                </span>,
              ] as const,
          )}
        />
      )}
    </div>
  )
}
