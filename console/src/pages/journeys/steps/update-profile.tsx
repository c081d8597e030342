import { IconPencil, IconX } from '@tabler/icons-react'
import type { Json, StepOf } from '@throughline/contracts'
import { SuggestField } from '../../segments/editors/parts/suggest-field.tsx'
import { useTypes } from '../../segments/editors/parts/shop-words.ts'
import { ValueField } from '../../segments/editors/parts/value-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import fields from '../../segments/editors/parts/parts.module.css'
import { PathButton } from './parts/path-block.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay } from './ways.ts'

type UpdateProfile = StepOf<'update-profile'>
type Line = readonly [name: string, value: Json]

function Fields({ step, onChange, isWrong }: StepFieldsProps<UpdateProfile>) {
  const lines = Object.entries(step.set)
  const say = (next: readonly Line[]): void => onChange({ ...step, set: Object.fromEntries(next) })
  return (
    <>
      {lines.map(([name, value], index) => (
        <TraitLine
          key={index}
          name={name}
          value={value}
          isWrong={isWrong}
          // Two lines of one name would be one: the name is taken when it is free.
          onChange={(next) => (next[0] !== name && Object.hasOwn(step.set, next[0]) ? undefined : say(lines.with(index, [...next])))}
          onRemove={lines.length > 1 ? () => say(lines.toSpliced(index, 1)) : undefined}
        />
      ))}
      {Object.hasOwn(step.set, '') ? null : <PathButton onClick={() => say([...lines, ['', '']])}>Set another trait</PathButton>}
    </>
  )
}

interface LineProps {
  readonly name: string
  readonly value: Json
  readonly isWrong: (field: string) => boolean
  readonly onChange: (line: Line) => void
  readonly onRemove: (() => void) | undefined
}

function TraitLine({ name, value, isWrong, onChange, onRemove }: LineProps) {
  const types = useTypes({ of: 'traits' }, name)
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return (
    <Sentence>
      <span>Sets</span>
      <SuggestField
        label="Trait"
        placeholder="trait, such as cart_interest"
        wanted={{ of: 'traits' }}
        value={name}
        wrong={isWrong(name === '' ? 'set' : `set.${name}`)}
        onChange={(next) => onChange([next, value])}
      />
      <span>to</span>
      {plain ? (
        <ValueField
          label={`Value of ${name === '' ? 'the trait' : name}`}
          value={value}
          types={types}
          wanted={{ of: 'trait-values', path: name }}
          wrong={false}
          onChange={(next) => onChange([name, next])}
        />
      ) : (
        <code className="mono">{JSON.stringify(value)}</code>
      )}
      {onRemove === undefined ? null : (
        <button type="button" className={fields.bare} aria-label={`Do not set ${name}`} title="Do not set it" onClick={onRemove}>
          <IconX size={14} aria-hidden />
        </button>
      )}
    </Sentence>
  )
}

const valueWords = (value: Json): string => (typeof value === 'string' ? `“${value}”` : JSON.stringify(value))

/** Sets traits of the person. */
export const updateProfileEditor: StepEditor<UpdateProfile> = {
  shelf: 'Do something',
  title: 'Update the profile',
  hint: 'set cart_interest to high',
  also: 'trait attribute property tag write',
  Icon: IconPencil,
  tone: 'do',
  make: () => ({ kind: 'update-profile', set: { '': '' } }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ set }) =>
    `Sets ${Object.entries(set)
      .map(([name, value]) => `${name === '' ? '…' : name} to ${value === '' ? '…' : valueWords(value)}`)
      .join(', ')}`,
  Fields,
}
