import { IconDoorExit } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'

function Fields({ step, onChange, isWrong }: StepFieldsProps<StepOf<'exit'>>) {
  return (
    <Sentence>
      <span>The person leaves, because they</span>
      <TextField label="Reason" value={step.reason} wrong={isWrong('reason')} onChange={(reason) => onChange({ ...step, reason })} />
    </Sentence>
  )
}

/** Ends the journey for the person, with a reason. */
export const exitEditor: StepEditor<StepOf<'exit'>> = {
  shelf: 'Do something',
  title: 'Leave',
  hint: 'ends the journey here, with a reason that is counted',
  also: 'exit end stop',
  Icon: IconDoorExit,
  tone: 'do',
  make: () => ({ kind: 'exit', reason: 'reached an exit' }),
  ways: () => [],
  lead: (step) => step,
  sentence: ({ reason }) => `Leaves: ${reason === '' ? '…' : reason}`,
  Fields,
}
