import { useMemo, useState } from 'react'
import { Button, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { eventNames, exitsOf, goalsOf, type JourneyDefinition, type ShownTestMoment } from '@throughline/contracts'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Empty, Failure, Note, Pending } from '../../../ui/states.tsx'
import { BackToJourney, DraftOrLive } from '../draft-or-live.tsx'
import { graphOf, stepTitle } from '../graph.ts'
import { GraphView } from '../graph-view.tsx'
import { ListView } from '../list-view.tsx'
import { useDraftOrLive } from '../use-draft-or-live.ts'
import { useNames } from '../use-names.ts'
import { Setup } from './setup.tsx'
import { Story } from './story.tsx'
import { useTestRun } from './use-test-run.ts'
import styles from './test-run.module.css'

type Run = ReturnType<typeof useTestRun>

/** One person goes through a journey, each step lit as it happens. */
export function TestRunPage() {
  const { id } = useParams({ from: '/app/journeys/$id/test' })
  const { of } = useSearch({ from: '/app/journeys/$id/test' })
  const navigate = useNavigate({ from: '/journeys/$id/test' })
  const run = useTestRun()
  const { which, definition, hasBoth, name, error, waits, retry } = useDraftOrLive(id, of)
  return (
    <Page
      title={name === '' ? 'Test' : `Test of ${name}`}
      lead="One person goes through it by a clock of its own. Nothing is sent, called or written, and nothing of it counts."
      actions={<BackToJourney id={id} which={which} />}
    >
      {error !== null ? (
        <Failure error={error} what="The journey" retry={retry} />
      ) : waits ? (
        <Pending what="the journey" />
      ) : definition === undefined ? (
        <Empty title="There is nothing to test yet">This journey has neither a draft nor a version that was published.</Empty>
      ) : run.state.test === null ? (
        <>
          {hasBoth ? (
            <DraftOrLive label="What to test" which={which} choose={(chosen) => void navigate({ search: { of: chosen }, replace: true })} />
          ) : null}
          <Setup key={which} definition={definition} start={run.start} />
        </>
      ) : (
        <Running run={run} test={run.state.test} />
      )}
    </Page>
  )
}

function Running({ run, test }: { readonly run: Run; readonly test: NonNullable<Run['state']['test']> }) {
  const { definition } = test.setup
  const names = useNames()
  const narrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false })
  const moments = useMemo(() => test.run?.moments.slice(0, test.lit) ?? [], [test])
  const isShown = test.run !== null && test.lit === test.run.moments.length
  const standing = isShown ? (test.run?.standing ?? null) : null
  const here = standing?.step ?? moments.flatMap((one) => ('step' in one ? [one.step] : [])).at(-1)
  const graph = graphOf(
    { definition, edges: passagesOf(moments), steps: standing === null ? [] : [{ step: standing.step, inside: 1 }] },
    names,
  )
  const view = { graph, chosen: here, choose: () => undefined }
  return (
    <div className={styles.split}>
      <Panel title="The way" flush>
        {narrow === true ? <ListView {...view} /> : <GraphView {...view} />}
      </Panel>
      <Panel
        title={standing === null ? (isShown ? 'It is over' : 'Under way') : `They stand at “${stepTitle(definition, standing.step)}”`}
        aside={
          <Button variant="default" size="compact-sm" onClick={run.end}>
            End the test
          </Button>
        }
      >
        <div className={styles.side}>
          {run.state.error === null ? null : <Failure error={run.state.error} what="What happens next" retry={run.again} />}
          {isShown && test.run?.outside != null ? <Note>{`They did not come in. ${test.run.outside}`}</Note> : null}
          {isShown && test.run?.outside === null ? <Happen run={run} definition={definition} here={standing?.step} /> : null}
          {standing?.until == null ? null : (
            <Button size="compact-sm" onClick={run.passTime}>
              Let the time pass
            </Button>
          )}
          <Story moments={moments} definition={definition} answer={(message, event) => run.happen({ event, message })} />
        </div>
      </Panel>
    </div>
  )
}

/** Makes them do what the journey listens to, or anything else. */
function Happen({
  run,
  definition,
  here,
}: {
  readonly run: Run
  readonly definition: JourneyDefinition
  readonly here: string | undefined
}) {
  const [other, setOther] = useState('')
  const step = here === undefined ? undefined : definition.steps[here]
  const heard = [
    ...(step?.kind === 'wait-for' ? step.any.map(({ on }) => on.event) : []),
    ...goalsOf(definition).map(({ on }) => on.event),
    ...exitsOf(definition).flatMap((exit) => (exit.kind === 'event' ? [exit.on.event] : [])),
  ]
  // What becomes of a message is a button of the message.
  const events = new Set(heard.filter((event) => event !== eventNames.messageOpened && event !== eventNames.messageClicked))
  return (
    <form
      className={styles.buttons}
      aria-label="Make something happen"
      onSubmit={(event) => {
        event.preventDefault()
        if (other.trim() !== '') run.happen({ event: other.trim() })
      }}
    >
      <span className="soft">Now they do</span>
      {[...events].map((event) => (
        <Button key={event} size="compact-sm" variant="default" onClick={() => run.happen({ event })}>
          {event}
        </Button>
      ))}
      <TextInput
        size="xs"
        aria-label="Another event"
        placeholder="Another event"
        value={other}
        onChange={(event) => setOther(event.currentTarget.value)}
      />
      <Button type="submit" size="compact-sm" variant="default">
        Make it happen
      </Button>
    </form>
  )
}

function passagesOf(moments: readonly ShownTestMoment[]): { id: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const moment of moments) {
    const edge = moment.kind === 'passed' ? moment.edge : moment.kind === 'entered' ? 'entry' : undefined
    if (edge !== undefined) counts.set(edge, (counts.get(edge) ?? 0) + 1)
  }
  return [...counts].map(([id, count]) => ({ id, count }))
}
