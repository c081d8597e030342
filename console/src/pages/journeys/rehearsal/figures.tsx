import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import type { JourneyDefinition, Rehearsal } from '@throughline/contracts'
import { manyTasksADay } from '@throughline/contracts'
import { counted, minorToMajor } from '../../../format/format.ts'
import { mainGoal, otherGoalsWords } from '../../../format/goal-words.ts'
import { channelNames } from '../../../format/message-words.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Bars } from '../../../ui/bars.tsx'
import { Chips } from '../../../ui/chips.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Empty } from '../../../ui/states.tsx'
import { Sum } from '../../../ui/sum.tsx'
import { graphOf, stepTitle } from '../graph.ts'
import { useNames } from '../use-names.ts'
import { GraphView } from '../graph-view.tsx'
import { ListView } from '../list-view.tsx'
import { Examples } from './examples.tsx'
import styles from './rehearsal.module.css'

interface FiguresProps {
  readonly rehearsal: Rehearsal
  readonly definition: JourneyDefinition
  readonly step: string | undefined
  readonly choose: (step: string) => void
}

/** What came of a rehearsal. */
export function Figures({ rehearsal, definition, step, choose }: FiguresProps) {
  const format = useFormat()
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false })
  const [view, setView] = useState<'graph' | 'list'>()
  const names = useNames()
  const shown = view ?? (narrow === true ? 'list' : 'graph')
  if (rehearsal.entries === 0)
    return (
      <Empty title="Nobody would have entered in these days">
        {rehearsal.shopEvents !== null &&
          `The shop said what starts it ${counted(format, rehearsal.shopEvents.events, 'time', 'times')} in these days. `}
        {counted(format, rehearsal.read, 'event', 'events')} could have started it or moved somebody on. Look at what starts the journey and
        its conditions, or look further back.
      </Empty>
    )
  const graph = graphOf({ definition, edges: rehearsal.edges, steps: rehearsal.steps }, names)
  return (
    <div className="stack">
      <RehearsalSum rehearsal={rehearsal} />
      <Panel title="Who would have entered, day by day">
        <Bars
          label={`${counted(format, rehearsal.entries, 'entry', 'entries')} over ${counted(format, rehearsal.days.length, 'day', 'days')}`}
          values={rehearsal.days.map(({ day, entered }) => ({ at: Date.parse(day), count: entered }))}
          words={(at, count) => {
            const day = rehearsal.days.find((one) => Date.parse(one.day) === at)
            return `${format.calendarDay(day?.day ?? '')}: ${format.number(count)} entered, ${format.number(day?.sent ?? 0)} messages`
          }}
        />
        <p className={styles.ends}>
          <span>{format.calendarDay(rehearsal.days[0]?.day ?? '')}</span>
          <span>{format.calendarDay(rehearsal.days.at(-1)?.day ?? '')}, so far</span>
        </p>
      </Panel>
      <Panel
        title="The way they would have taken"
        flush
        aside={
          <Chips
            label="How to show it"
            options={[
              ['graph', 'Drawing'],
              ['list', 'List'],
            ]}
            value={shown}
            onChange={setView}
          />
        }
      >
        {shown === 'graph' ? (
          <GraphView graph={graph} chosen={step} choose={choose} />
        ) : (
          <ListView graph={graph} chosen={step} choose={choose} />
        )}
      </Panel>
      <Messages rehearsal={rehearsal} definition={definition} />
      <Examples
        rehearsal={rehearsal}
        definition={definition}
        graph={graph}
        step={step}
        clear={
          step === undefined ? null : (
            <Button variant="subtle" size="compact-xs" onClick={() => choose(step)}>
              Show all
            </Button>
          )
        }
      />
      <p className="soft">
        {counted(format, rehearsal.read, 'event', 'events')} read in {(rehearsal.tookMs / 1_000).toFixed(1)} s. Nobody opens or clicks in a
        rehearsal, since nothing is sent.
        {rehearsal.leftOut > 0 &&
          ` ${counted(format, rehearsal.leftOut, 'person', 'people')} did so much in these days (programs, mostly) that ${rehearsal.leftOut === 1 ? 'this one is' : 'they are'} not in these figures.`}
        {rehearsal.shopEvents !== null &&
          ` It goes by ${counted(format, rehearsal.shopEvents.events, 'event', 'events')} of the shop${rehearsal.shopEvents.leftOut === 0 ? '' : `, the latest; ${format.number(rehearsal.shopEvents.leftOut)} before them are left out`}.`}
      </p>
    </div>
  )
}

function RehearsalSum({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const format = useFormat()
  const { people, entries, days, messages, steps, goals, currency } = rehearsal
  const sent = messages.reduce((sum, one) => sum + one.sent, 0)
  const held = messages.reduce((sum, one) => sum + one.held, 0)
  const costs = messages.filter(({ cost, sent: n }) => cost !== null && n > 0)
  const unpriced = messages.some(({ cost, sent: n }) => cost === null && n > 0)
  const cost = costs.reduce((sum, one) => sum + (one.cost ?? 0), 0)
  const inside = steps.reduce((sum, one) => sum + one.inside, 0)
  const main = mainGoal(goals)
  const parts = [
    ['people', format.number(people), entries === people ? 'each once' : `${format.number(entries)} entries`],
    ['entries a day', format.number(Math.round(entries / Math.max(1, days.length))), 'on average'],
    ['messages', format.number(sent), held === 0 ? 'none held back' : `and ${format.number(held)} held back`],
    [
      'cost',
      costs.length === 0 ? 'not known' : format.money(minorToMajor(cost, currency), currency),
      costs.length === 0 ? 'Settings take prices' : unpriced ? 'of channels that have a price' : 'by the prices in Settings',
    ],
    ...(main === undefined
      ? []
      : [
          [
            goals.length === 1 ? 'reached the goal' : `reached “${main.name}”`,
            format.number(main.reached),
            ['although nothing was sent', otherGoalsWords(goals, format)].filter(Boolean).join('. '),
          ] as const,
        ]),
    ['still inside', format.number(inside), 'when the days were over'],
  ] as const
  return <Sum parts={parts} />
}

function Messages({ rehearsal, definition }: Pick<FiguresProps, 'rehearsal' | 'definition'>) {
  const format = useFormat()
  const { messages, held, delayed, left, currency, edges, codes, tasks } = rehearsal
  const full = edges.find(({ id }) => id === 'full')?.count ?? 0
  const keptOut = edges.find(({ id }) => id === 'kept-out')?.count ?? 0
  return (
    <div className={styles.two}>
      <Panel title="Messages">
        {messages.length === 0 ? (
          <p className="soft">Nobody came to a message.</p>
        ) : (
          <ul className={styles.lines}>
            {messages.map(({ step, channel, sent, held: n, cost }) => (
              <li key={`${step} ${channel}`}>
                <strong className="num">{format.number(sent)}</strong>
                <span>
                  {stepTitle(definition, step)} · {channelNames[channel]}
                  <span className="soft">
                    {n === 0 ? '' : ` · ${format.number(n)} held back`}
                    {cost === null || sent === 0 ? '' : ` · ${format.money(minorToMajor(cost, currency), currency)}`}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
        {held.length === 0 ? null : (
          <>
            <h3 className={styles.head}>Why some were held back</h3>
            <ul className={styles.lines}>
              {held.map(({ channel, rule, reason, count }) => (
                <li key={`${channel} ${rule}`}>
                  <strong className="num">{format.number(count)}</strong>
                  <span>{reason}</span>
                </li>
              ))}
            </ul>
          </>
        )}
        {delayed.length === 0 ? null : (
          <>
            <h3 className={styles.head}>Why some waited for their time</h3>
            <ul className={styles.lines}>
              {delayed.map(({ channel, rule, reason, count }) => (
                <li key={`${channel} ${rule}`}>
                  <strong className="num">{format.number(count)}</strong>
                  <span>{reason}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Panel>
      {codes.length === 0 ? null : (
        <Panel title="Codes that it takes">
          <ul className={styles.lines}>
            {codes.map(({ pool, needed, free }) => (
              <li key={pool}>
                <strong className="num">{format.number(needed)}</strong>
                <span>
                  of “{pool}”
                  <span className="soft">
                    {free === null
                      ? ', which does not exist'
                      : free >= needed
                        ? `, which has ${format.number(free)} left`
                        : `, which has only ${format.number(free)} left: ${format.number(needed - free)} would go without`}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {tasks.length === 0 ? null : (
        <Panel title="Tasks for staff">
          <ul className={styles.lines}>
            {tasks.map(({ assignee, count, mostADay }) => (
              <li key={assignee}>
                <strong className="num">{format.number(count)}</strong>
                <span>
                  for {assignee}
                  <span className="soft">, {format.number(mostADay)} on the fullest day</span>
                  {mostADay > manyTasksADay ? <span>: more than one person can do in a day. Narrow who comes to the step.</span> : null}
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title="How it ended">
        {full === 0 ? null : <p className={styles.full}>{counted(format, full, 'entry', 'entries')} more had no room on their day.</p>}
        {keptOut === 0 ? null : (
          <p className={styles.full}>
            {counted(format, keptOut, 'entry', 'entries')} more were refused while people were in a more important journey.
          </p>
        )}
        {left.length === 0 ? (
          <p className="soft">All of them are still inside.</p>
        ) : (
          <ul className={styles.lines}>
            {left.map(({ reason, count }) => (
              <li key={reason}>
                <strong className="num">{format.number(count)}</strong>
                <span>{reason === 'goal' ? 'reached the goal' : reason === 'end' ? 'came to the end of the way' : reason}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  )
}
