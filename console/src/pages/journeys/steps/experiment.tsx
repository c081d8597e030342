import { IconFlask } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { choicesOf } from '@throughline/engine'
import { NumberField, TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadAt, withKey } from './ways.ts'

type Experiment = StepOf<'experiment'>

/** The share of each variant as text, and last that of the people held out: `45 %`. */
function shares(step: Experiment): readonly string[] {
  const choices = choicesOf(step)
  const whole = choices.reduce((sum, { weight }) => sum + weight, 0)
  return choices.map(({ weight }) => (Number.isFinite(weight / whole) ? `${Number(((weight / whole) * 100).toFixed(1))} %` : '…'))
}

function Fields({ step, onChange, isWrong, way }: StepFieldsProps<Experiment>) {
  const { variants, holdOut, experiment } = step
  const said = shares(step)
  return (
    <>
      <p className="soft">By chance, but each person always gets the same. Who got what is recorded, and compared by the goal.</p>
      {variants.map((variant, index) => (
        <PathBlock
          key={index}
          title={`Variant ${index + 1}`}
          onRemove={variants.length > 1 ? () => onChange({ ...step, variants: variants.toSpliced(index, 1) }) : undefined}
          way={way(index)}
        >
          <Sentence>
            <TextField
              label={`Name of variant ${index + 1}`}
              value={variant.name}
              wrong={isWrong(`variants.${index}.name`)}
              onChange={(name) => onChange({ ...step, variants: variants.with(index, { ...variant, name }) })}
            />
            <span>:</span>
            <NumberField
              label={`Parts of variant ${index + 1}`}
              value={variant.weight}
              wrong={isWrong(`variants.${index}.weight`)}
              onChange={(weight) => onChange({ ...step, variants: variants.with(index, { ...variant, weight }) })}
            />
            <span>parts, {said[index]} of people</span>
          </Sentence>
        </PathBlock>
      ))}
      <PathButton onClick={() => onChange({ ...step, variants: [...variants, { name: nextName(variants), weight: 50 }] })}>
        Add another variant
      </PathButton>
      {holdOut === undefined ? (
        <PathButton onClick={() => onChange({ ...step, holdOut: { percent: 10 } })}>Hold some people out, to see what it adds</PathButton>
      ) : (
        <PathBlock title="Held out" onRemove={() => onChange(withKey(step, 'holdOut', undefined))} way={way('otherwise')}>
          <Sentence>
            <NumberField
              label="Per cent held out"
              value={holdOut.percent}
              wrong={isWrong('holdOut.percent')}
              onChange={(percent) => onChange({ ...step, holdOut: { ...holdOut, percent } })}
            />
            <span>% of people get none of the variants</span>
          </Sentence>
        </PathBlock>
      )}
      <Sentence>
        <span>People are drawn by</span>
        <TextField
          label="Id of the experiment"
          placeholder="this step"
          value={experiment ?? ''}
          wrong={isWrong('experiment')}
          onChange={(id) => onChange(withKey(step, 'experiment', id === '' ? undefined : id))}
        />
      </Sentence>
    </>
  )
}

function nextName(variants: Experiment['variants']): string {
  for (let code = 65; ; code++) {
    const name = String.fromCharCode(code)
    if (!variants.some((one) => one.name === name)) return name
  }
}

/** Compares ways, with people held out if wanted. */
export const experimentEditor: StepEditor<Experiment> = {
  shelf: 'Decide',
  title: 'Experiment',
  hint: 'two subject lines, and 10 % who get nothing: which earns more?',
  also: 'a/b test variant hold-out control group split compare conversion',
  Icon: IconFlask,
  tone: 'decide',
  make: () => ({
    kind: 'experiment',
    variants: [
      { name: 'A', weight: 50 },
      { name: 'B', weight: 50 },
    ],
  }),
  ways(step) {
    const said = shares(step)
    const { variants, holdOut } = step
    return [
      ...variants.map(({ name, next }, port) => ({ port, to: next, when: `${name === '' ? '…' : name}, ${said[port]!}` })),
      ...(holdOut === undefined ? [] : [{ port: 'otherwise', to: holdOut.next, when: `held out, ${said.at(-1)!}` } as const]),
    ]
  },
  lead(step, port, to) {
    if (typeof port === 'number') return { ...step, variants: leadAt(step.variants, port, to) }
    return step.holdOut === undefined ? step : { ...step, holdOut: withKey(step.holdOut, 'next', to) }
  },
  sentence(step) {
    const said = shares(step)
    const held = step.holdOut === undefined ? '' : `, ${said.at(-1)!} held out`
    return `Tries ${step.variants.map(({ name }, index) => `${name === '' ? '…' : name} (${said[index]!})`).join(' against ')}${held}`
  },
  Fields,
}
