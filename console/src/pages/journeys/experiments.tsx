import { useMemo } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { ExperimentReport, JourneyDefinition } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import type { Format } from '../../format/format.ts'
import { counted } from '../../format/format.ts'
import { shareWords } from '../../format/share-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loaded } from '../../ui/states.tsx'
import styles from './experiments.module.css'

type Variant = ExperimentReport['variants'][number]
type Result = Variant['results'][number]

/** How the variants of a journey's experiments do against each other; nothing where it has none. */
export function Experiments({ definition }: { readonly definition: JourneyDefinition }) {
  const has = Object.values(definition.steps).some(({ kind }) => kind === 'experiment')
  const query = useQuery({ ...ask('journeyExperiments', { params: { id: definition.id } }), enabled: has, refetchInterval: 15_000 })
  if (!has) return null
  return (
    <Loaded query={query} what="the experiments">
      {({ items }) => items.map((report) => <Experiment key={report.experiment} report={report} definition={definition} />)}
    </Loaded>
  )
}

function Experiment({ report, definition }: { readonly report: ExperimentReport; readonly definition: JourneyDefinition }) {
  const format = useFormat()
  const { goals, variants, baseline, mixed, since } = report
  const columns = useMemo(() => columnsOf(report, format), [report, format])
  const title = definition.steps[report.step]?.name ?? 'Experiment'
  return (
    <Panel title={`${title}: how the variants do`}>
      <p className={styles.lead}>
        {since === null ? 'Nobody has come to it yet.' : `Since ${format.date(since)}, over all versions of the journey.`}
        {mixed === 0 ? '' : ` ${counted(format, mixed, 'person', 'people')} got several, merged out of two: left out.`}
      </p>
      <DataTable label={`Variants of ${title}`} rows={variants} columns={columns} rowId={({ name }) => name} />
      <p className={styles.note}>
        {goals.length === 0
          ? 'No goal compares them: give the journey a goal that counts for a set time since entry.'
          : `Figures with the margin of 95 of 100 such tests. Differences are against ${baseline === 'hold-out' ? 'the people held out' : baseline}, in points; decide when the time that you had planned is over, not on the first good day.`}
      </p>
    </Panel>
  )
}

function columnsOf({ goals, baseline }: ExperimentReport, format: Format): readonly Column<Variant>[] {
  return [
    { id: 'variant', header: 'Variant', primary: true, cell: ({ name }) => (name === 'hold-out' ? 'Held out' : name) },
    { id: 'people', header: 'People', align: 'right', cell: ({ people }) => format.number(people) },
    ...goals.flatMap((goal, index): readonly Column<Variant>[] => [
      { id: `goal-${index}`, header: goal, cell: (variant) => rateWords(variant, variant.results[index]!, format) },
      {
        id: `difference-${index}`,
        header: `Against ${baseline === 'hold-out' ? 'held out' : baseline}`,
        cell: (variant) => differenceWords(variant.results[index]!, format),
      },
    ]),
  ]
}

function rateWords({ people, daysMore }: Variant, { converted }: Result, format: Format): string {
  const words = shareWords(converted, people, format)
  return daysMore === null ? words : `${words}; about ${counted(format, daysMore, 'more day', 'more days')}`
}

function differenceWords({ difference, verdict }: Result, format: Format): string {
  if (difference === null || verdict === null) return '–'
  if (verdict === 'too-few') return 'too few to say'
  const points = (share: number): string => `${share < 0 ? '−' : '+'}${format.number(Math.abs(Math.round(share * 1_000) / 10))}`
  const said = { better: 'better', worse: 'worse', 'no-difference': 'no difference shown' }[verdict]
  return `${points(difference.low)} to ${points(difference.high)}: ${said}`
}
