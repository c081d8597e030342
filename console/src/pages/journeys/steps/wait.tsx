import { IconClock } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { DurationField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay } from './ways.ts'

function Fields({ step, onChange, isWrong }: StepFieldsProps<StepOf<'wait'>>) {
  return (
    <Sentence>
      <span>Waits</span>
      <DurationField label="How long" value={step.for} wrong={isWrong('for')} onChange={(next) => onChange({ ...step, for: next })} />
    </Sentence>
  )
}

/** Waits a time. */
export const waitEditor: StepEditor<StepOf<'wait'>> = {
  shelf: 'Wait',
  title: 'Wait',
  hint: '1 hour, or 3 days',
  also: 'delay pause time',
  Icon: IconClock,
  tone: 'wait',
  make: () => ({ kind: 'wait', for: '1 day' }),
  ways: oneWay,
  lead: leadNext,
  sentence: (step) => `Waits ${step.for === '' ? '…' : step.for}`,
  Fields,
}
