import { Checkbox } from '@mantine/core'
import { useFormat } from '../../../format/use-format.ts'
import { DurationField, TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { MatchField } from '../steps/parts/match-field.tsx'
import { PathButton } from '../steps/parts/path-block.tsx'
import { timeWords } from './figure-words.ts'
import type { GroupProps } from './groups.ts'
import { Question } from './question.tsx'

/** Questions 5 to 7, 16 and 17: what people are hoped to do. */
export function Hope({ answers, say, openOf, figures }: GroupProps) {
  const format = useFormat()
  const { expected, goal, milestones } = answers
  const wrong = (number: number, path: string) => (field: string) => openOf(number).some((one) => one.field === `${path}.${field}`)
  return (
    <>
      <Question number={5} hint="The one thing that the messages ask for." open={openOf(5)}>
        <MatchField match={expected} isWrong={wrong(5, 'expected')} onChange={(next) => say({ expected: next })} />
      </Question>
      <Question
        number={6}
        hint="Then the next message comes, if there is one."
        figure={timeWords(figures.time, 'In your shop', format)}
        open={openOf(6)}
      >
        <Sentence>
          <DurationField label="How long we wait" value={answers.wait} onChange={(wait) => say({ wait })} />
        </Sentence>
      </Question>
      <Question
        number={7}
        hint="Whether they did it is checked anyway. Name what else you want counted, each once a person."
        open={openOf(7)}
      >
        <div>
          {milestones.map((one, index) => (
            <div key={index}>
              <MatchField
                lead="they do"
                match={one.on}
                isWrong={wrong(7, `milestones.${index}.on`)}
                onChange={(on) => say({ milestones: milestones.with(index, { ...one, on }) })}
              />
              <Sentence>
                <span>called</span>
                <TextField
                  label={`Name of milestone ${index + 1}`}
                  value={one.name}
                  wrong={wrong(7, `milestones.${index}`)('name')}
                  onChange={(name) => say({ milestones: milestones.with(index, { ...one, name }) })}
                />
                <PathButton onClick={() => say({ milestones: milestones.toSpliced(index, 1) })}>Take it out</PathButton>
              </Sentence>
            </div>
          ))}
          <PathButton onClick={() => say({ milestones: [...milestones, { name: '', on: { event: '' } }] })}>
            Count something on the way
          </PathButton>
        </div>
      </Question>
      <Question
        number={16}
        hint="The same, or more: a repeat purchase after a first order. They leave with it, and what is unsent is called back."
        figure={timeWords(figures.further, 'From the one to the other', format)}
        open={openOf(16)}
      >
        <MatchField match={goal.on} isWrong={wrong(16, 'goal.on')} onChange={(on) => say({ goal: { ...goal, on } })} />
        <Checkbox
          mt={8}
          label="Only for whoever has done it before"
          checked={goal.again}
          onChange={(event) => say({ goal: { ...goal, again: event.currentTarget.checked } })}
        />
      </Question>
      <Question number={17} hint="From the latest message on, also when they have left." open={openOf(17)}>
        <Sentence>
          <DurationField label="How long results count" value={answers.counted} onChange={(counted) => say({ counted })} />
        </Sentence>
      </Question>
    </>
  )
}
