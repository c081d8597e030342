import { IconRoute, IconRouteOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay } from './ways.ts'

type OtherJourney = StepOf<'start-journey'> | StepOf<'stop-journey'>

function Fields<S extends OtherJourney>({ step, onChange }: StepFieldsProps<S>) {
  const journeys = useQuery({ ...ask('journeys', {}), staleTime: 60_000 })
  return (
    <>
      <Sentence>
        <span>{step.kind === 'start-journey' ? 'Starts the journey' : 'Takes the person out of the journey'}</span>
        <NamedField
          label="Journey"
          what="journey"
          value={step.journey}
          items={journeys.data?.items}
          onChange={(journey) => onChange({ ...step, journey })}
        />
      </Sentence>
      {step.kind === 'start-journey' ? <p className="soft">That journey needs the entry “another journey starts it”.</p> : null}
    </>
  )
}

/** Lets the person come into another journey. */
export const startJourneyEditor: StepEditor<StepOf<'start-journey'>> = {
  shelf: 'Do something',
  title: 'Start another journey',
  hint: 'the person goes on here, and begins there as well',
  also: 'enter flow canvas',
  Icon: IconRoute,
  tone: 'do',
  make: () => ({ kind: 'start-journey', journey: '' }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ journey }, names) => `Starts the journey ${journey === '' ? '…' : `“${names.journey(journey)}”`}`,
  Fields: Fields<StepOf<'start-journey'>>,
}

/** Ends what the person has going on in another journey. */
export const stopJourneyEditor: StepEditor<StepOf<'stop-journey'>> = {
  shelf: 'Do something',
  title: 'Stop another journey',
  hint: 'takes the person out of it',
  also: 'cancel flow canvas',
  Icon: IconRouteOff,
  tone: 'do',
  make: () => ({ kind: 'stop-journey', journey: '' }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ journey }, names) => `Takes the person out of the journey ${journey === '' ? '…' : `“${names.journey(journey)}”`}`,
  Fields: Fields<StepOf<'stop-journey'>>,
}
