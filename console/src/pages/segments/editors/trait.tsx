import type { TraitCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { ComparisonFields } from './parts/comparison.tsx'
import { useTypes } from './parts/shop-words.ts'
import { SuggestField } from './parts/suggest-field.tsx'
import { Sentence } from './parts/words.tsx'

function TraitEditor({ condition, onChange, isWrong }: EditorProps<TraitCondition>) {
  const { trait, compare } = condition
  const types = useTypes({ of: 'traits' }, trait)
  return (
    <Sentence>
      <span>their</span>
      <SuggestField
        label="Trait"
        wanted={{ of: 'traits' }}
        placeholder="trait, such as country"
        value={trait}
        wrong={isWrong('trait')}
        onChange={(next) => onChange({ ...condition, trait: next })}
      />
      <ComparisonFields
        what={trait === '' ? 'the trait' : trait}
        compare={compare}
        types={types}
        values={{ of: 'trait-values', path: trait }}
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
