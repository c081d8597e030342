import type { ReactNode } from 'react'
import type { JourneyDefinition, Rehearsal } from '@throughline/contracts'
import { counted } from '../../../format/format.ts'
import type { Format } from '../../../format/format.ts'
import { channelNames } from '../../../format/message-words.ts'
import { useFormat, useNow } from '../../../format/use-format.ts'
import { Panel } from '../../../ui/panel.tsx'
import { PersonLink } from '../../../ui/person.tsx'
import { stepTitle, type Graph } from '../graph.ts'
import styles from './rehearsal.module.css'

type Example = Rehearsal['examples'][number]
type Moment = Example['moments'][number]

interface ExamplesProps {
  readonly rehearsal: Rehearsal
  readonly definition: JourneyDefinition
  readonly graph: Graph
  /** Shows only those who came to this step. */
  readonly step: string | undefined
  readonly clear: ReactNode
}

/** People on the most usual paths, moment by moment. */
export function Examples({ rehearsal, definition, graph, step, clear }: ExamplesProps) {
  const format = useFormat()
  const shown = rehearsal.examples.filter(({ moments }) => step === undefined || moments.some((moment) => comesTo(moment, step)))
  return (
    <Panel title={step === undefined ? 'The most usual paths' : `Paths through ${stepTitle(definition, step)}`} aside={clear}>
      {shown.length === 0 ? (
        <p className="soft">None of the ten most usual paths comes here.</p>
      ) : (
        <ul className={styles.examples}>
          {shown.map((example, index) => (
            <li key={example.person?.id ?? index}>
              <details open={index === 0}>
                <summary>
                  <strong>{counted(format, example.people, 'person', 'people')}</strong>{' '}
                  <span className="soft">{pathWords(example, definition)}</span>
                </summary>
                <Story example={example} definition={definition} graph={graph} />
              </details>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Story({ example, definition, graph }: Pick<ExamplesProps, 'definition' | 'graph'> & { readonly example: Example }) {
  const format = useFormat()
  const now = useNow()
  const { person, moments } = example
  return (
    <>
      <p className={styles.who}>
        {person === null ? (
          'Somebody who is not there any more'
        ) : (
          <>
            For example <PersonLink id={person.id} name={person.name ?? person.email} />
          </>
        )}
      </p>
      <ol className={styles.story}>
        {moments.flatMap((moment, index) => {
          const words = wordsOf(moment, { definition, graph }, format, now)
          return words === null
            ? []
            : [
                <li key={index}>
                  <time dateTime={new Date(moment.at).toISOString()} className="num soft" title={format.full(moment.at)}>
                    {format.stamp(moment.at, now)}
                  </time>
                  <span>{words}</span>
                </li>,
              ]
        })}
      </ol>
    </>
  )
}

/** Null for what the next moment says anyway. */
function wordsOf(
  moment: Moment,
  { definition, graph }: Pick<ExamplesProps, 'definition' | 'graph'>,
  format: Format,
  now: number,
): string | null {
  switch (moment.kind) {
    case 'entered':
      return moment.by === null ? 'Entered, by time alone' : `Entered by ${moment.by}`
    case 'waiting':
      return moment.until === null
        ? null
        : `${stepTitle(definition, moment.step)} · waits, until ${format.stamp(moment.until, now)} at the latest`
    case 'passed':
      return branchWords(moment.edge, definition, graph)
    case 'message': {
      const what = `${stepTitle(definition, moment.step)} (${channelNames[moment.channel]})`
      return moment.heldBy === null ? `Would have got ${what}` : `${what} would have been held back. ${moment.reason}`
    }
    case 'delayed':
      return `${stepTitle(definition, moment.step)} (${channelNames[moment.channel]}) waits. ${moment.reason}`
    case 'goal':
      return moment.goal === undefined ? 'Reached the goal' : `Reached the goal “${moment.goal}”`
    case 'left':
      return moment.reason === 'goal'
        ? 'Left with the goal'
        : moment.reason === 'end'
          ? 'Came to the end of the way'
          : `Left: ${moment.reason}`
    default:
      return moment satisfies never
  }
}

/** The way that somebody took where there were several; null where there was only one. */
function branchWords(edge: string, definition: JourneyDefinition, graph: Graph): string | null {
  const way = graph.edges.find(({ id }) => id === edge)
  return way === undefined || way.when === '' ? null : `${stepTitle(definition, way.from)} · ${way.when}`
}

function comesTo(moment: Moment, step: string): boolean {
  switch (moment.kind) {
    case 'waiting':
    case 'delayed':
    case 'message':
      return moment.step === step
    case 'passed':
      return moment.edge.startsWith(`${step}:`)
    default:
      return false
  }
}

function pathWords({ moments }: Example, definition: JourneyDefinition): string {
  const steps = moments.flatMap((moment) => (moment.kind === 'passed' ? [moment.edge.slice(0, moment.edge.lastIndexOf(':'))] : []))
  const titles = steps.filter((id) => id in definition.steps).map((id) => stepTitle(definition, id))
  const last = moments.findLast((moment) => moment.kind === 'left')
  const end = last === undefined ? 'still inside' : last.reason === 'goal' ? 'goal' : last.reason === 'end' ? 'end' : last.reason
  const entered = moments.filter(({ kind }) => kind === 'entered').length
  return `${entered > 1 ? `entered ${entered} times: ` : ''}${[...new Set(titles), end].join(' → ')}`
}
