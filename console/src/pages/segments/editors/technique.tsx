import type { ContextCondition, ContextField } from '@throughline/contracts'
import type { Choice, ConditionEditor, EditorProps } from './editor.ts'
import { ComparisonFields } from './parts/comparison.tsx'
import { Pick } from './parts/fields.tsx'
import { SaidWhenField, withSaidWhen } from './parts/said-when.tsx'
import { Sentence } from './parts/words.tsx'

const fields: readonly (readonly [field: ContextField, words: string, under: string])[] = [
  ['device', 'device', 'Device and app'],
  ['os', 'system', 'Device and app'],
  ['browser', 'browser', 'Device and app'],
  ['app', 'app', 'Device and app'],
  ['app-version', 'version of the app', 'Device and app'],
  ['language', 'language', 'Place and language'],
  ['locale', 'locale', 'Place and language'],
  ['country', 'country', 'Place and language'],
  ['region', 'region', 'Place and language'],
  ['city', 'city', 'Place and language'],
  ['timezone', 'time zone', 'Place and language'],
]

function TechniqueEditor({ condition, onChange, isWrong }: EditorProps<ContextCondition>) {
  const { field, compare } = condition
  const words = fields.find(([one]) => one === field)?.[1] ?? field
  return (
    <Sentence>
      <span>their</span>
      <Pick label="What events tell" value={field} options={fields} onChange={(next) => onChange({ ...condition, field: next })} />
      <ComparisonFields
        what={`the ${words}`}
        compare={compare}
        types={['text']}
        values={{ of: 'context-values', field }}
        isWrong={(inner) => isWrong(`compare.${inner}`)}
        onChange={(next) => onChange({ ...condition, compare: next })}
      />
      <SaidWhenField value={condition} isWrong={isWrong} onChange={(when) => onChange(withSaidWhen(condition, when))} />
    </Sentence>
  )
}

const choice = (title: string, hint: string, also: string, make: () => ContextCondition): Choice => ({
  shelf: 'Where and with what',
  title,
  hint,
  also,
  make,
})

/** The device, the app and the place that events tell of. */
export const techniqueEditor: ConditionEditor<ContextCondition> = {
  choices: [
    choice('Device, system or browser', 'their system is iOS', 'mobile desktop tablet android ios windows os technology', () => ({
      kind: 'context',
      field: 'os',
      compare: { op: 'is', value: '' },
    })),
    choice('Uses the app, or has ever', 'their app is known at any time', 'application version installed mobile app', () => ({
      kind: 'context',
      field: 'app',
      compare: { op: 'exists' },
      ever: true,
    })),
    choice('Version of the app', 'the version of their app is before 4.12', 'update outdated release', () => ({
      kind: 'context',
      field: 'app-version',
      compare: { op: 'version-less', version: '' },
    })),
    choice('Country, region or city they are in', 'their city is Bern', 'location geography where place', () => ({
      kind: 'context',
      field: 'country',
      compare: { op: 'is', value: '' },
    })),
    choice('Language or time zone', 'their language is de', 'locale speaks timezone', () => ({
      kind: 'context',
      field: 'language',
      compare: { op: 'is', value: '' },
    })),
  ],
  Editor: TechniqueEditor,
}
