import type { Alone } from '@throughline/contracts'
import { namedPriorities, priorityWords } from '@throughline/contracts'
import { DurationField, NumberField, Pick } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'

interface Among {
  readonly priority?: number | undefined
  readonly alone?: Alone | undefined
}

interface PriorityProps {
  readonly draft: Among
  readonly onChange: (parts: Among) => void
  readonly isWrong: (field: string) => boolean
}

const { high, normal, low } = namedPriorities
const named = [
  ['high', 'high'],
  ['normal', 'normal'],
  ['low', 'low'],
  ['number', 'a number'],
] as const
/** Begins a number of one's own: between high and normal. */
const ownNumber = 60

/** How important the journey is among the others of a person, and what the others do meanwhile. */
export function PriorityFields({ draft: { priority = normal, alone }, onChange, isWrong }: PriorityProps) {
  const words = priorityWords(priority)
  const chosen = words === 'high' || words === 'normal' || words === 'low' ? words : 'number'
  return (
    <>
      <Sentence>
        <span>Its priority is</span>
        <Pick
          label="Priority"
          value={chosen}
          options={named}
          onChange={(next) => {
            const values = { high, normal: undefined, low, number: ownNumber }
            onChange({ priority: values[next] })
          }}
        />
        {chosen === 'number' ? (
          <NumberField
            label="Priority from 0 to 100"
            whole
            value={priority}
            wrong={isWrong('priority')}
            onChange={(next) => onChange({ priority: next })}
          />
        ) : null}
      </Sentence>
      <Sentence>
        <span>While somebody is in it, less important ones</span>
        <Pick
          label="What less important journeys do meanwhile"
          value={alone?.others ?? 'go-on'}
          options={[
            ['go-on', 'go on as always'],
            ['stay-out', 'do not take them in'],
            ['wait', 'hold their marketing back'],
          ]}
          onChange={(others) =>
            onChange({
              alone: others === 'go-on' ? undefined : others === 'stay-out' ? { others } : { others, atMost: '7 days' },
            })
          }
        />
        {alone?.others === 'wait' ? (
          <>
            <span>until it is over, at most</span>
            <DurationField
              label="How long marketing waits"
              value={alone.atMost}
              wrong={isWrong('alone.atMost')}
              onChange={(atMost) => onChange({ alone: { others: 'wait', atMost } })}
            />
          </>
        ) : null}
      </Sentence>
    </>
  )
}
