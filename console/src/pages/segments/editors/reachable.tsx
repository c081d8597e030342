import { channelKinds } from '@throughline/contracts'
import type { ReachableCondition } from '@throughline/contracts'
import { channelNames } from '../../../format/message-words.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { Pick, TextField } from './parts/fields.tsx'
import { Sentence } from './parts/words.tsx'

function ReachableEditor({ condition, onChange, isWrong }: EditorProps<ReachableCondition>) {
  const { kind, channel, topic } = condition
  return (
    <Sentence>
      <span>can be reached by</span>
      <Pick
        label="Channel"
        value={channel}
        options={channelKinds.map((one) => [one, channelNames[one]] as const)}
        onChange={(next) => onChange({ ...condition, channel: next })}
      />
      <span>about</span>
      <TextField
        label="Topic"
        placeholder="anything, or a topic"
        value={topic ?? ''}
        wrong={isWrong('topic')}
        onChange={(next) => onChange({ kind, channel, ...(next !== '' && { topic: next }) })}
      />
    </Sentence>
  )
}

/** Whether a message would reach somebody. */
export const reachableEditor: ConditionEditor<ReachableCondition> = {
  choices: [
    {
      shelf: 'Standing',
      title: 'Can be reached on a channel',
      hint: 'has a valid e-mail address, agreed, and nothing blocks it',
      also: 'reachable address deliverable suppressed bounced blocked contactable',
      make: () => ({ kind: 'reachable', channel: 'email' }),
    },
  ],
  Editor: ReachableEditor,
}
