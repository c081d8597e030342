import type { RandomCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { NumberField, TextField } from './parts/fields.tsx'
import { Sentence } from './parts/words.tsx'

function RandomEditor({ condition, onChange, isWrong }: EditorProps<RandomCondition>) {
  return (
    <Sentence>
      <span>is in the random share from</span>
      <NumberField
        label="From, percent"
        value={condition.from}
        wrong={isWrong('from')}
        onChange={(from) => onChange({ ...condition, from })}
      />
      <span>to</span>
      <NumberField label="To, percent" value={condition.to} wrong={isWrong('to')} onChange={(to) => onChange({ ...condition, to })} />
      <span>% of everybody, drawn as</span>
      <TextField
        label="Name of the draw"
        placeholder="spring-test"
        value={condition.salt}
        wrong={isWrong('salt')}
        onChange={(salt) => onChange({ ...condition, salt })}
      />
    </Sentence>
  )
}

/** A random share of everybody, the same people for ever; another name of the draw draws anew. */
export const randomEditor: ConditionEditor<RandomCondition> = {
  choices: [
    {
      shelf: 'Standing',
      title: 'Is in a random share',
      hint: '10 % of everybody, the same people for ever',
      also: 'bucket split percent test hold-out sample',
      make: () => ({ kind: 'random', salt: 'first-draw', from: 0, to: 10 }),
    },
  ],
  Editor: RandomEditor,
}
