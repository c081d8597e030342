import { IconBolt } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { SuggestField } from '../../segments/editors/parts/suggest-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { TakenFields, takenWords } from './parts/taken-fields.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay } from './ways.ts'

type SendEvent = StepOf<'send-event'>

function Fields({ step, onChange, isWrong }: StepFieldsProps<SendEvent>) {
  return (
    <>
      <Sentence>
        <span>Says</span>
        <SuggestField
          label="Event"
          placeholder="event, such as Offer Earned"
          wanted={{ of: 'events' }}
          value={step.event}
          wrong={isWrong('event')}
          onChange={(event) => onChange({ ...step, event })}
        />
        <span>on the person’s timeline.</span>
      </Sentence>
      <TakenFields
        what="property"
        event={step.event}
        field="properties"
        value={step.properties}
        isWrong={isWrong}
        onChange={(properties) => onChange({ ...step, properties })}
      />
      <p className="soft">
        Conditions see it, and other journeys can begin with it. It says <code className="mono">journey</code> and{' '}
        <code className="mono">step</code> as well.
      </p>
    </>
  )
}

/** Says an event on the person's own timeline. */
export const sendEventEditor: StepEditor<SendEvent> = {
  shelf: 'Do something',
  title: 'Send an event',
  hint: 'say Offer Earned on their timeline',
  also: 'track emit trigger custom fire',
  Icon: IconBolt,
  tone: 'do',
  make: () => ({ kind: 'send-event', event: '', properties: {} }),
  ways: oneWay,
  lead: leadNext,
  sentence({ event, properties }) {
    const said = takenWords(properties)
    return `Sends the event ${event === '' ? '…' : `“${event}”`}${said === '' ? '' : ` with ${said}`}`
  },
  Fields,
}
