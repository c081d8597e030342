import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ComputedCondition, Measure, TraitDefinition } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { ComparisonFields } from './parts/comparison.tsx'
import type { ValueType } from './parts/comparisons.ts'
import { figures } from './parts/figures.ts'
import { NamedField } from './parts/named-field.tsx'
import { useTypes } from './parts/shop-words.ts'
import { Sentence } from './parts/words.tsx'

function ComputedEditor({ condition, onChange, isWrong }: EditorProps<ComputedCondition>) {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 60_000 })
  const traits = definitions.data?.items.flatMap(({ definition }) => (definition.kind === 'trait' ? [definition] : []))
  const chosen = traits?.find(({ id }) => id === condition.trait)
  const types = useTypesOf(chosen?.value)
  return (
    <Sentence>
      <span>their</span>
      <NamedField
        label="Computed trait"
        what="computed trait"
        value={condition.trait}
        items={traits}
        onChange={(trait) => onChange({ ...condition, trait })}
      />
      {traits?.length === 0 ? (
        <span className="dim">
          There is none yet.{' '}
          <Link to="/segments/_traits/_new" className="link">
            Make one
          </Link>
        </span>
      ) : null}
      <ComparisonFields
        what={chosen?.name ?? 'the computed trait'}
        compare={condition.compare}
        types={types}
        values={valuesOf(chosen)}
        isWrong={(field) => isWrong(`compare.${field}`)}
        onChange={(compare) => onChange({ ...condition, compare })}
      />
    </Sentence>
  )
}

const propertyOf = (measure: Measure | undefined): string =>
  measure !== undefined && 'property' in measure ? (measure.property ?? '') : ''

/** What kind of value the figure has; empty while it is not known. */
function useTypesOf(measure: Measure | undefined): readonly ValueType[] {
  const own = useTypes({ of: 'properties', event: measure?.event ?? '' }, propertyOf(measure))
  if (measure === undefined) return []
  const { type } = figures[measure.of]
  if (type !== 'own') return [type]
  if ('by' in measure && measure.by !== undefined) return ['number']
  return propertyOf(measure) === '' ? ['date'] : own
}

function valuesOf(trait: TraitDefinition | undefined) {
  return { of: 'values', event: trait?.value.event ?? '', path: propertyOf(trait?.value) } as const
}

/** A figure that has a name. */
export const computedEditor: ConditionEditor<ComputedCondition> = {
  choices: [
    {
      shelf: 'Who they are',
      title: 'A computed trait',
      hint: 'lifetime value is at least 500',
      also: 'calculated figure named lifetime value total',
      make: () => ({ kind: 'computed', trait: '', compare: { op: 'at-least', value: Number.NaN } }),
    },
  ],
  Editor: ComputedEditor,
}
