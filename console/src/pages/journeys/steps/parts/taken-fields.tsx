import { IconX } from '@tabler/icons-react'
import type { Taken } from '@throughline/contracts'
import { Pick, TextField } from '../../../segments/editors/parts/fields.tsx'
import { useTypes } from '../../../segments/editors/parts/shop-words.ts'
import { SuggestField } from '../../../segments/editors/parts/suggest-field.tsx'
import { ValueField } from '../../../segments/editors/parts/value-field.tsx'
import { Sentence } from '../../../segments/editors/parts/words.tsx'
import fields from '../../../segments/editors/parts/parts.module.css'
import { PathButton } from './path-block.tsx'

type Said = { readonly [name: string]: Taken }
type Line = readonly [name: string, value: Taken]
type Origin = 'value' | 'trait' | 'event' | 'answer'

interface TakenProps {
  /** What is said under names, in the singular: `property`. */
  readonly what: string
  /** The event whose properties they are, so that the shop's own words can be suggested. */
  readonly event: string
  /** Under which field of the step they stand. */
  readonly field: string
  readonly value: Said
  readonly isWrong: (field: string) => boolean
  readonly onChange: (next: { [name: string]: Taken }) => void
}

/** What a step says, a line for each name: a value as it stands, or one that is taken from the person or from what started the journey. */
export function TakenFields({ what, event, field, value, isWrong, onChange }: TakenProps) {
  const lines = Object.entries(value)
  const say = (next: readonly Line[]): void => onChange(Object.fromEntries(next))
  return (
    <>
      {lines.map(([name, taken], index) => (
        <TakenLine
          key={index}
          what={what}
          event={event}
          name={name}
          value={taken}
          isWrong={isWrong(`${field}.${name}`)}
          // Two lines of one name would be one: the name is taken when it is free.
          onChange={(next) => (next[0] !== name && Object.hasOwn(value, next[0]) ? undefined : say(lines.with(index, [...next])))}
          onRemove={() => say(lines.toSpliced(index, 1))}
        />
      ))}
      {Object.hasOwn(value, '') ? null : <PathButton onClick={() => say([...lines, ['', '']])}>Say a {what}</PathButton>}
    </>
  )
}

interface LineProps {
  readonly what: string
  readonly event: string
  readonly name: string
  readonly value: Taken
  readonly isWrong: boolean
  readonly onChange: (line: Line) => void
  readonly onRemove: () => void
}

const originOf = (value: Taken): Origin =>
  typeof value !== 'object' ? 'value' : 'event' in value ? 'event' : 'answer' in value ? 'answer' : 'trait'
const emptyOf: { readonly [O in Origin]: Taken } = { value: '', trait: { trait: '' }, event: { event: '' }, answer: { answer: '' } }

function TakenLine({ what, event, name, value, isWrong, onChange, onRemove }: LineProps) {
  const types = useTypes({ of: 'properties', event }, name)
  const called = name === '' ? `the ${what}` : name
  return (
    <Sentence>
      <SuggestField
        label={`Name of the ${what}`}
        placeholder={what}
        wanted={{ of: 'properties', event }}
        value={name}
        wrong={isWrong || name === ''}
        onChange={(next) => onChange([next, value])}
      />
      <Pick
        label={`Where ${called} comes from`}
        value={originOf(value)}
        options={[
          ['value', 'is'],
          ['trait', 'is the person’s'],
          ['event', 'is, of what started the journey, the'],
          ['answer', 'is, of what a step was answered, the'],
        ]}
        onChange={(origin) => onChange([name, emptyOf[origin]])}
      />
      {typeof value !== 'object' ? (
        <ValueField
          label={`Value of ${called}`}
          value={value}
          types={types}
          wanted={{ of: 'values', event, path: name }}
          wrong={false}
          onChange={(next) => onChange([name, next])}
        />
      ) : 'trait' in value ? (
        <SuggestField
          label={`Trait for ${called}`}
          placeholder="trait"
          wanted={{ of: 'traits' }}
          value={value.trait}
          wrong={value.trait === ''}
          onChange={(trait) => onChange([name, { trait }])}
        />
      ) : 'answer' in value ? (
        <TextField
          label={`Answer for ${called}`}
          placeholder="step.field, such as loyalty.code"
          value={value.answer}
          wrong={value.answer === ''}
          onChange={(answer) => onChange([name, { answer }])}
        />
      ) : (
        <TextField
          label={`Property for ${called}`}
          placeholder="property, such as order_id"
          value={value.event}
          wrong={value.event === ''}
          onChange={(path) => onChange([name, { event: path }])}
        />
      )}
      <button type="button" className={fields.bare} aria-label={`Do not say ${called}`} title="Do not say it" onClick={onRemove}>
        <IconX size={14} aria-hidden />
      </button>
    </Sentence>
  )
}

/** `plan from the trait plan`, for a sentence. */
export function takenWords(said: Said): string {
  return Object.entries(said)
    .map(([name, taken]) => {
      const called = name === '' ? '…' : name
      if (typeof taken !== 'object') return `${called} ${typeof taken === 'string' ? `“${taken}”` : String(taken)}`
      if ('answer' in taken) return `${called} from the answer ${taken.answer || '…'}`
      return 'event' in taken ? `${called} from ${taken.event || '…'} of what started it` : `${called} from their ${taken.trait || '…'}`
    })
    .join(', ')
}
