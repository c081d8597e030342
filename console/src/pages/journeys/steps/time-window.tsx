import { IconClockPause } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { DurationField } from '../../segments/editors/parts/fields.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import { ClockField, DaysField, ZoneField, daysInWords } from './parts/clock-fields.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay, withKey } from './ways.ts'

type TimeWindow = StepOf<'time-window'>

function Fields({ step, onChange, isWrong }: StepFieldsProps<TimeWindow>) {
  return (
    <>
      <Sentence>
        <span>Lets people pass from</span>
        <ClockField label="From" value={step.from} wrong={isWrong('from')} onChange={(from) => onChange({ ...step, from })} />
        <span>to</span>
        <ClockField label="To" value={step.to} wrong={isWrong('to')} onChange={(to) => onChange({ ...step, to })} />
        <ZoneField value={step.zone} onChange={(zone) => onChange({ ...step, zone })} />
      </Sentence>
      <Line>
        <DaysField what="the hours" days={step.on} onChange={(on) => onChange(withKey(step, 'on', on))} />
      </Line>
      <Line>
        <span>Who waited goes on within</span>
        <DurationField
          label="Spread over"
          value={step.spread}
          wrong={isWrong('spread')}
          onChange={(spread) => onChange({ ...step, spread })}
        />
        <span>of the opening, not all at once.</span>
      </Line>
    </>
  )
}

/** Lets people pass at certain hours only. */
export const timeWindowEditor: StepEditor<TimeWindow> = {
  shelf: 'Wait',
  title: 'Only at these hours',
  hint: 'from 09:00 to 20:00; those who come at night wait for the morning',
  also: 'quiet hours send window business day',
  Icon: IconClockPause,
  tone: 'wait',
  make: () => ({ kind: 'time-window', from: '09:00', to: '20:00', zone: 'person', spread: '30 minutes' }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ from, to, on, zone }) =>
    `Lets people pass from ${from === '' ? '…' : from} to ${to === '' ? '…' : to}${daysInWords(on)}, by ${zone === 'shop' ? 'the shop’s' : 'their'} clock`,
  Fields,
}
