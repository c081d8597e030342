import type { TemplateDefinition } from '@throughline/contracts'
import { TextLength } from '../../../messages/text-length.tsx'
import { Facts } from '../../../../ui/panel.tsx'
import styles from './parts.module.css'

/** What a template says, as its author wrote it. */
export function TemplateGlance({ template }: { readonly template: TemplateDefinition }) {
  return (
    <div className={styles.glance}>
      {template.channel === 'email' ? (
        <>
          <p className={styles.subject}>{template.subject}</p>
          {template.preheader === undefined ? null : <p className="soft">{template.preheader}</p>}
          <p className={styles.body}>{wordsOf(template.mjml ?? template.html ?? template.text ?? '')}</p>
        </>
      ) : template.channel === 'inbox' ? (
        <>
          <p className={styles.subject}>{template.title}</p>
          <p className={styles.body}>{template.body}</p>
        </>
      ) : template.channel !== 'webhook' ? (
        <>
          {'title' in template ? <p className={styles.subject}>{template.title}</p> : null}
          <p className={styles.body}>{template.body}</p>
          {template.url === undefined ? null : <p className="dim break">leads to {template.url}</p>}
          <TextLength channel={template.channel} title={'title' in template ? template.title : null} body={template.body} />
        </>
      ) : (
        <Facts
          items={[
            ['Calls', `${template.method} ${template.url}`],
            ['With', template.body],
          ]}
        />
      )}
    </div>
  )
}

/** The words of an e-mail without its markup; variables stay as they are written. */
function wordsOf(source: string): string {
  const parsed = new DOMParser().parseFromString(
    source
      .replaceAll(/<(style|script|mj-style|mj-head|mj-attributes|mj-preview)\b[\s\S]*?<\/\1>/gi, ' ')
      .replaceAll(/<\/?mj-[^>]*>/gi, ' '),
    'text/html',
  )
  return (parsed.body.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
}
