import { IconHourglass } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { DurationField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { matchWords } from '../../segments/builder/words.ts'
import { KeyField } from './parts/key-field.tsx'
import { MatchField } from './parts/match-field.tsx'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import { RankedField } from './parts/ranked-field.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadAt, withKey } from './ways.ts'

type WaitFor = StepOf<'wait-for'>

function Fields({ step, onChange, isWrong, way }: StepFieldsProps<WaitFor>) {
  const { any } = step
  return (
    <>
      <Sentence>
        <span>Waits for one of these, up to</span>
        <DurationField
          label="How long at most"
          value={step.upTo}
          wrong={isWrong('upTo')}
          onChange={(upTo) => onChange({ ...step, upTo })}
        />
      </Sentence>
      <RankedField what="event" ranked={step.ranked} onChange={(ranked) => onChange(withKey(step, 'ranked', ranked))} />
      {any.map((one, index) => (
        <PathBlock
          key={index}
          title={`Event ${index + 1}`}
          onUp={
            step.ranked === true && index > 0
              ? () => onChange({ ...step, any: any.toSpliced(index - 1, 2, one, any[index - 1]!) })
              : undefined
          }
          onRemove={any.length > 1 ? () => onChange({ ...step, any: any.toSpliced(index, 1) }) : undefined}
          way={way(index)}
        >
          <MatchField
            match={one.on}
            isWrong={(field) => isWrong(`any.${index}.on.${field}`)}
            onChange={(on) => onChange({ ...step, any: any.with(index, { ...one, on }) })}
          />
          <KeyField
            what={`event ${index + 1}`}
            event={one.on.event}
            value={one.key}
            onChange={(key) => onChange({ ...step, any: any.with(index, withKey(one, 'key', key)) })}
          />
        </PathBlock>
      ))}
      <PathButton onClick={() => onChange({ ...step, any: [...any, { on: { event: '' } }] })}>Wait for another event too</PathButton>
      <PathBlock title="None of them came in time" way={way('otherwise')} />
    </>
  )
}

/** Waits for the first of several events. */
export const waitForEditor: StepEditor<WaitFor> = {
  shelf: 'Wait',
  title: 'Wait for an event',
  hint: 'Order Completed, for at most 2 days; a way for each, and one for none',
  also: 'ranked best until opened clicked reaction conversion',
  Icon: IconHourglass,
  tone: 'wait',
  make: () => ({ kind: 'wait-for', any: [{ on: { event: '' } }], upTo: '1 day' }),
  ways: ({ any, upTo, otherwise }) => [
    ...any.map(({ on, next }, port) => ({ port, to: next, when: matchWords(on) })),
    { port: 'otherwise', to: otherwise, when: `none within ${upTo === '' ? '…' : upTo}` },
  ],
  lead: (step, port, to) => (typeof port === 'number' ? { ...step, any: leadAt(step.any, port, to) } : withKey(step, 'otherwise', to)),
  sentence: ({ any, upTo, ranked }) =>
    `Waits for ${any.map(({ on }) => matchWords(on)).join(ranked === true ? ', or next best ' : ' or ')}, up to ${upTo === '' ? '…' : upTo}`,
  Fields,
}
