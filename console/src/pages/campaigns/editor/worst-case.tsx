import { useMemo, useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { JsonObject, TemplatePreview } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { Chips } from '../../../ui/chips.tsx'
import { Failure, Pending } from '../../../ui/states.tsx'
import { safeEmail } from '../../messages/safe-email.ts'
import type { DraftMessage } from './variants-draft.ts'
import styles from './editor.module.css'

const named = (first: string, last: string): JsonObject => ({
  first_name: first,
  firstName: first,
  last_name: last,
  lastName: last,
  name: `${first} ${last}`,
})

/** Who reads it, the worst case first. */
const readers = {
  nobody: { label: 'No name', traits: {} },
  longest: { label: 'Longest name', traits: named('Wilhelmina-Alexandrina', 'Featherstonehaugh-Cholmondeley van der Westhuizen') },
  other: { label: 'Other language', traits: { ...named('عبد الرحمن', 'الشريف'), locale: 'ar-EG', language: 'ar' } },
  usual: { label: 'Usual', traits: named('Noor', 'Jansen') },
} as const
type Reader = keyof typeof readers
const options = (Object.keys(readers) as Reader[]).map((one) => [one, readers[one].label] as const)

interface WorstCaseProps {
  /** What they get: the message of the campaign, or those of its variants. */
  readonly messages: readonly DraftMessage[]
}

/** How each message reads for those for whom it reads worst: written by the server, as it would be for them. */
export function WorstCase({ messages }: WorstCaseProps) {
  const [reader, setReader] = useState<Reader>('nobody')
  return (
    <>
      <Chips label="For whom it is shown" options={options} value={reader} onChange={setReader} />
      {messages.map(({ template, variants }) => (
        <section key={template} aria-label={variants.length === 0 ? undefined : variantWords(variants)}>
          {variants.length === 0 ? null : <h3 className={styles.variant}>{variantWords(variants)}</h3>}
          <Written template={template} traits={readers[reader].traits} />
        </section>
      ))}
    </>
  )
}

/** Variants that say the same are shown once. */
function variantWords(names: readonly string[]): string {
  return `${names.length === 1 ? 'Variant' : 'Variants'} ${names.join(', ')}`
}

function Written({ template, traits }: { readonly template: string; readonly traits: JsonObject }) {
  const preview = useQuery({
    ...ask('previewTemplate', { params: { id: template }, body: { traits } }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  if (preview.data === undefined)
    return preview.error === null ? (
      <Pending what="the preview" rows={3} />
    ) : (
      <Failure error={preview.error} what="The preview" retry={() => void preview.refetch()} />
    )
  return (
    <div aria-busy={preview.isPlaceholderData} className={preview.isPlaceholderData ? styles.late : undefined}>
      <Words preview={preview.data} />
    </div>
  )
}

function Words({ preview: { title, html, text, url } }: { readonly preview: TemplatePreview }) {
  const safe = useMemo(() => (html === null ? null : safeEmail(html, false)), [html])
  return (
    <>
      {safe === null || title === null ? null : <p className={styles.subject}>{title}</p>}
      <div className={styles.stage}>
        {safe === null ? (
          <div className={styles.card}>
            {title === null ? null : <p className={styles.subject}>{title}</p>}
            <p className="soft">{text}</p>
            {url === null ? null : <p className="dim">leads to {url}</p>}
          </div>
        ) : (
          <iframe
            className={styles.frame}
            sandbox=""
            srcDoc={safe.html}
            title={`E-mail: ${title ?? ''}`}
            referrerPolicy="no-referrer"
            tabIndex={-1}
          />
        )}
      </div>
    </>
  )
}
