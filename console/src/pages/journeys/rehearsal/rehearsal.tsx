import { useState } from 'react'
import { Button, Progress, Select } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { rehearsalDays } from '@throughline/contracts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Action } from '../../../ui/action.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Failure, Pending } from '../../../ui/states.tsx'
import { BackToJourney, DraftOrLive } from '../draft-or-live.tsx'
import { useDraftOrLive } from '../use-draft-or-live.ts'
import { Figures } from './figures.tsx'
import { useRehearsal, type RehearsalState } from './use-rehearsal.ts'
import styles from './rehearsal.module.css'

const windows = [7, 14, rehearsalDays.usual, 90, rehearsalDays.most] as const

/** What a journey would have done over the last days, before it goes live. */
export function RehearsalPage() {
  const { id } = useParams({ from: '/app/journeys/$id/rehearsal' })
  const { days = rehearsalDays.usual, of } = useSearch({ from: '/app/journeys/$id/rehearsal' })
  const navigate = useNavigate({ from: '/journeys/$id/rehearsal' })
  const { state, start, stop } = useRehearsal()
  const { which, definition, hasBoth, name, error, waits, retry } = useDraftOrLive(id, of)
  return (
    <Page
      title={name === '' ? 'Rehearsal' : `Rehearsal of ${name}`}
      lead="Runs the journey over what really happened in the last days. Nothing is sent and nothing is written."
      actions={<BackToJourney id={id} which={which} />}
    >
      {error !== null ? (
        <Failure error={error} what="The journey" retry={retry} />
      ) : waits ? (
        <Pending what="the journey" />
      ) : (
        <>
          <div className={styles.controls}>
            {hasBoth ? (
              <DraftOrLive
                label="What to rehearse"
                which={which}
                choose={(chosen) => {
                  stop()
                  void navigate({ search: (now) => ({ ...now, of: chosen }), replace: true })
                }}
              />
            ) : null}
            <Select
              aria-label="How far back"
              allowDeselect={false}
              w={170}
              value={String(days)}
              data={[...new Set([...windows, days])].sort((a, b) => a - b).map((one) => ({ value: String(one), label: daysWords(one) }))}
              onChange={(chosen) => {
                stop()
                void navigate({ search: (now) => ({ ...now, days: Number(chosen) }), replace: true })
              }}
            />
            {state.kind === 'running' ? (
              <Button variant="default" onClick={stop}>
                Stop
              </Button>
            ) : (
              <Action
                route="rehearseJourney"
                blocked={definition === undefined ? 'There is nothing to rehearse yet.' : undefined}
                onClick={() => definition && start(definition, days)}
              >
                {`Rehearse ${daysWords(days).toLowerCase()}`}
              </Action>
            )}
          </div>
          {definition !== undefined && Object.values(definition.steps).some(({ kind }) => kind === 'webhook') ? (
            <p className="soft">Its webhooks are not asked: everybody goes on as if they had answered, with nothing that is kept of it.</p>
          ) : null}
          {definition !== undefined && Object.values(definition.steps).some(({ kind }) => kind === 'coupon') ? (
            <p className="soft">
              No code is given: everybody goes on with an example of one, and the codes that it would take are counted.
            </p>
          ) : null}
          {definition !== undefined && Object.values(definition.steps).some(({ kind }) => kind === 'staff-task') ? (
            <p className="soft">No task is made and no mail goes out; how many there would be is counted.</p>
          ) : null}
          <Outcome state={state} />
        </>
      )}
    </Page>
  )
}

const daysWords = (days: number): string => (days === 365 ? 'The last year' : `The last ${days} day${days === 1 ? '' : 's'}`)

function Outcome({ state }: { readonly state: RehearsalState }) {
  const format = useFormat()
  const [step, choose] = useState<string>()
  switch (state.kind) {
    case 'ready':
      return (
        <Panel title="What it assumes">
          <ul className={styles.assumes}>
            <li>The journey is in force from the first of these days on. What people did before is known; other journeys do not run.</li>
            <li>Nobody opens, clicks or replies, since nothing is sent: ways that wait for an answer are not taken.</li>
            <li>Goals are those that people reached by themselves, so they show what happens without the journey.</li>
          </ul>
        </Panel>
      )
    case 'running':
      return (
        <Panel title="Rehearsing">
          <Progress value={Math.max(2, state.share * 100)} aria-label="How far it is" />
          <p className={styles.progress} role="status">
            {Math.round(state.share * 100)} %: {counted(format, state.read, 'event', 'events')} read,{' '}
            {counted(format, state.people, 'person', 'people')} would have entered
          </p>
        </Panel>
      )
    case 'failed':
      return <Failure error={state.error} />
    case 'done':
      return (
        <Figures
          rehearsal={state.rehearsal}
          definition={state.definition}
          step={step}
          choose={(chosen) => choose(chosen === step ? undefined : chosen)}
        />
      )
    default:
      return state satisfies never
  }
}
