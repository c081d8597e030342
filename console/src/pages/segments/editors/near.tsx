import type { NearCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { NumberField, Pick } from './parts/fields.tsx'
import { PointField } from './parts/point-field.tsx'
import { SaidWhenField, withSaidWhen } from './parts/said-when.tsx'
import { SuggestField } from './parts/suggest-field.tsx'
import { Sentence } from './parts/words.tsx'

function NearEditor({ condition, onChange, isWrong }: EditorProps<NearCondition>) {
  const { kind, point, km, trait } = condition
  return (
    <Sentence>
      <Pick
        label="Whose place"
        value={trait === undefined ? 'events' : 'trait'}
        options={[
          ['events', 'they were'],
          ['trait', 'a place known of them'],
        ]}
        onChange={(next) => onChange({ kind, point, km, ...(next === 'trait' && { trait: '' }) })}
      />
      {trait === undefined ? null : (
        <>
          <SuggestField
            label="Trait with the place"
            placeholder="trait, such as address"
            wanted={{ of: 'traits' }}
            fits={({ types }) => types.includes('object')}
            value={trait}
            wrong={isWrong('trait')}
            onChange={(next) => onChange({ ...condition, trait: next })}
          />
          <span>is</span>
        </>
      )}
      <span>within</span>
      <NumberField label="Kilometres" value={km} wrong={isWrong('km')} onChange={(next) => onChange({ ...condition, km: next })} />
      <span>km of</span>
      <PointField
        point={point}
        wrong={['point', 'point.lat', 'point.lng'].some(isWrong)}
        onChange={(next) => onChange({ ...condition, point: next })}
      />
      {trait === undefined ? (
        <SaidWhenField value={condition} isWrong={isWrong} onChange={(when) => onChange(withSaidWhen(condition, when))} />
      ) : null}
    </Sentence>
  )
}

/** How far from a point somebody is, or was. */
export const nearEditor: ConditionEditor<NearCondition> = {
  choices: [
    {
      shelf: 'Where and with what',
      title: 'Near a place',
      hint: 'within 25 km of 47.3769, 8.5417',
      also: 'distance radius km kilometres location geo store shop latitude longitude around',
      make: () => ({ kind: 'near', point: { lat: Number.NaN, lng: Number.NaN }, km: 25 }),
    },
  ],
  Editor: NearEditor,
}
