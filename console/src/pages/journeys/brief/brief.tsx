import { Button } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { JourneyBrief } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { useFormat } from '../../../format/use-format.ts'
import { CopyIcon } from '../../../ui/copy.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Loaded, Pending } from '../../../ui/states.tsx'
import styles from './brief.module.css'

/** A journey as one page for the meeting in which it is decided: seventeen questions, what it answers, what was measured. */
export function BriefPage() {
  const { id } = useParams({ from: '/app/journeys/$id/brief' })
  const { of } = useSearch({ from: '/app/journeys/$id/brief' })
  const brief = useQuery(ask('journeyBrief', { params: { id }, query: { of } }))
  return (
    <Page
      title={brief.data === undefined ? 'Brief' : `${brief.data.name}: brief`}
      lead={brief.data?.description ?? undefined}
      actions={
        brief.data === undefined ? null : (
          <>
            <Button variant="default" leftSection={<IconPrinter size={15} aria-hidden />} onClick={() => window.print()}>
              Print
            </Button>
            <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />} onClick={() => download(brief.data)}>
              Download Markdown
            </Button>
            <CopyIcon text={brief.data.markdown} what="brief as Markdown" />
            <Button
              variant="default"
              renderRoot={(props) =>
                brief.data.draft ? (
                  <Link {...props} to="/journeys/$id/edit" params={{ id }} />
                ) : (
                  <Link {...props} to="/journeys/$id" params={{ id }} search={{}} />
                )
              }
            >
              {brief.data.draft ? 'To the draft' : 'To the journey'}
            </Button>
          </>
        )
      }
    >
      <Panel>
        <Loaded query={brief} what="this brief" pending={<Pending what="this brief" rows={9} />}>
          {(data) => <Sheet brief={data} />}
        </Loaded>
      </Panel>
    </Page>
  )
}

function Sheet({ brief }: { readonly brief: JourneyBrief }) {
  const format = useFormat()
  return (
    <div className={styles.sheet}>
      <p className={styles.when}>
        {brief.draft ? 'Draft' : `Version ${brief.version}`}, as of {format.date(brief.at)}. Figures are of the last 28 days.
      </p>
      <ol className={styles.list} aria-label="The seventeen questions">
        {brief.answers.map(({ number, question, answer, figure }) => (
          <li key={number}>
            <span className={styles.number}>{number}</span>
            <span className={styles.question}>{question}</span>
            <span className={styles.answer}>
              {answer}
              {figure === null ? null : <span className={styles.figure}>{figure}</span>}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function download({ id, markdown }: JourneyBrief): void {
  const address = URL.createObjectURL(new Blob([markdown], { type: 'text/markdown' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `${id}-brief.md`
  link.click()
  URL.revokeObjectURL(address)
}
