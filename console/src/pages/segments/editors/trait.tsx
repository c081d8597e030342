import type { TraitCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { ComparisonFields } from './parts/comparison.tsx'
import { TextField } from './parts/fields.tsx'
import { Sentence } from './parts/words.tsx'

function TraitEditor({ condition, onChange, isWrong }: EditorProps<TraitCondition>) {
  const { trait, compare } = condition
  return (
    <Sentence>
      <span>their</span>
      <TextField
        label="Trait"
        placeholder="trait, such as country"
        value={trait}
        wrong={isWrong('trait')}
        onChange={(next) => onChange({ ...condition, trait: next })}
      />
      <ComparisonFields
        what={trait === '' ? 'the trait' : trait}
        compare={compare}
        types={[]}
        isWrong={(field) => isWrong(`compare.${field}`)}
        onChange={(next) => onChange({ ...condition, compare: next })}
      />
    </Sentence>
  )
}

/** What is known of somebody. */
export const traitEditor: ConditionEditor<TraitCondition> = {
  choices: [
    {
      shelf: 'Who they are',
      title: 'Something known about them',
      hint: 'country is NL, e-mail is known',
      also: 'trait property attribute profile field',
      make: () => ({ kind: 'trait', trait: '', compare: { op: 'is', value: '' } }),
    },
  ],
  Editor: TraitEditor,
}
