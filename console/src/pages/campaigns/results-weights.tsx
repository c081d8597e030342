import { useMemo } from 'react'
import type { LearnedWeights } from '@throughline/contracts'
import { learnWords } from '../../format/campaign-words.ts'
import type { Format } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { When } from '../../ui/when.tsx'
import styles from './campaigns.module.css'

type Version = LearnedWeights['versions'][number]

/** So many of the latest weights are listed. */
const shown = 20

/** How many got which variant over time, where that is learned, and by what it came so. */
export function Weights({ learned }: { readonly learned: LearnedWeights }) {
  const format = useFormat()
  const { versions, nextAt } = learned
  const latest = versions.at(-1)
  const columns = useMemo(() => (latest === undefined ? [] : columnsOf(latest, format)), [latest, format])
  return (
    <section aria-label="Weights over time" style={{ marginTop: 16 }}>
      <p style={{ marginBottom: 10 }}>
        {learnWords(learned, format)}
        {nextAt === null ? null : (
          <>
            {' '}
            Next <When at={nextAt} as="stamp" />.
          </>
        )}
      </p>
      <DataTable
        label="Weights over time"
        rows={versions.slice(-shown).toReversed()}
        columns={columns}
        rowId={({ version }) => String(version)}
      />
      <p className={`dim ${styles.note}`}>
        The first line is the latest. Under each share stands what it follows from: how many did so in time, of those whose message has had
        that time; earlier sends are in it, the older the less. As the shares move with what comes of them, the comparison above is less
        certain than its margins say.
        {latest !== undefined && latest.version > shown
          ? ` The latest ${format.number(shown)} of ${format.number(latest.version)} are listed.`
          : ''}
      </p>
    </section>
  )
}

function columnsOf({ variants }: Version, format: Format): readonly Column<Version>[] {
  const percent = (share: number): string => `${format.number(Math.round(share * 1_000) / 10)} %`
  return [
    { id: 'since', header: 'Since', primary: true, cell: ({ at }) => <When at={at} as="stamp" /> },
    ...variants.map(({ name }) => ({
      id: `variant-${name}`,
      header: name,
      cell: (version: Version) => {
        const one = version.variants.find((each) => each.name === name)
        if (one === undefined) return '–'
        return (
          <>
            {percent(one.share)}
            <span className={`dim ${styles.under}`}>
              {format.number(Math.round(one.answered))} of {format.number(Math.round(one.people))}; the best with a chance of{' '}
              {percent(one.best)}
            </span>
          </>
        )
      },
    })),
  ]
}
