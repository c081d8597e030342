import type { JourneyGoal } from '@throughline/contracts'
import { DurationField, Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { Line } from '../../segments/editors/parts/words.tsx'
import { ConditionField, noCondition } from '../steps/parts/condition-field.tsx'
import { KeyField } from '../steps/parts/key-field.tsx'
import { MatchField } from '../steps/parts/match-field.tsx'
import { PathButton } from '../steps/parts/path-block.tsx'
import { withKey } from '../steps/ways.ts'

interface GoalProps {
  readonly goal: JourneyGoal
  readonly number: number
  readonly onChange: (next: JourneyGoal) => void
  readonly isWrong: (field: string) => boolean
}

/** What the journey is for, how long it counts, and whether people leave by it. */
export function GoalFields({ goal, number, onChange, isWrong }: GoalProps) {
  const { within, since } = goal
  return (
    <>
      <MatchField lead="They do" match={goal.on} isWrong={(field) => isWrong(`on.${field}`)} onChange={(on) => onChange({ ...goal, on })} />
      {goal.if === undefined ? (
        <PathButton onClick={() => onChange({ ...goal, if: noCondition })}>Only if something is so when they do it</PathButton>
      ) : (
        <>
          <ConditionField value={goal.if} onChange={(next) => onChange({ ...goal, if: next })} />
          <PathButton onClick={() => onChange(withKey(goal, 'if', undefined))}>Count it whatever else is so</PathButton>
        </>
      )}
      <KeyField
        what={`goal ${number + 1}`}
        event={goal.on.event}
        value={goal.key}
        onChange={(key) => onChange(withKey(goal, 'key', key))}
      />
      <Line>
        <Pick
          label={`How long goal ${number + 1} counts`}
          value={within === undefined ? 'inside' : since}
          options={[
            ['inside', 'while they are inside'],
            ['entry', 'within a time after they came in'],
            ['message', 'within a time after the last message'],
          ]}
          onChange={(counts) =>
            onChange(
              counts === 'inside'
                ? { ...withKey(goal, 'within', undefined), since: 'entry' }
                : { ...goal, since: counts, within: within ?? '3 days' },
            )
          }
        />
        {within === undefined ? null : (
          <DurationField
            label="How long"
            value={within}
            wrong={isWrong('within')}
            onChange={(next) => onChange({ ...goal, within: next })}
          />
        )}
      </Line>
      <Line>
        <Pick
          label={`What happens at goal ${number + 1}`}
          value={goal.afterwards}
          options={[
            ['leave', 'they leave at once, and unsent messages are called back'],
            ['stay', 'they stay; it is only counted'],
          ]}
          onChange={(afterwards) => onChange({ ...goal, afterwards })}
        />
      </Line>
      <Line>
        <span>called</span>
        <TextField
          label={`Name of goal ${number + 1}`}
          placeholder="by its event"
          value={goal.name ?? ''}
          onChange={(name) => onChange(withKey(goal, 'name', name === '' ? undefined : name))}
        />
      </Line>
    </>
  )
}
