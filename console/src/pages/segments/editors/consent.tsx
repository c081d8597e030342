import { channelKinds } from '@throughline/contracts'
import type { ConsentCondition } from '@throughline/contracts'
import { channelNames } from '../../../format/message-words.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { Pick, TextField } from './parts/fields.tsx'
import { Sentence } from './parts/words.tsx'

function ConsentEditor({ condition, onChange, isWrong }: EditorProps<ConsentCondition>) {
  const { channel, topic, ...rest } = condition
  const known = channelKinds.some((one) => one === channel)
  return (
    <Sentence>
      <Pick
        label="What they said"
        value={condition.is}
        options={[
          ['allowed', 'may be written to'],
          ['granted', 'has agreed to messages'],
          ['withdrawn', 'has opted out of messages'],
          ['unsaid', 'has said nothing about messages'],
        ]}
        onChange={(is) => onChange({ ...condition, is })}
      />
      <span>by</span>
      <Pick
        label="Channel"
        value={channel}
        options={[
          ...channelKinds.map((one) => [one as string, channelNames[one]] as const),
          ...(known ? [] : [[channel, channel] as const]),
        ]}
        onChange={(next) => onChange({ ...condition, channel: next })}
      />
      <span>about</span>
      <TextField
        label="Topic"
        placeholder="anything, or a topic"
        value={topic ?? ''}
        wrong={isWrong('topic')}
        onChange={(next) => onChange({ ...rest, channel, ...(next !== '' && { topic: next }) })}
      />
    </Sentence>
  )
}

/** What somebody said about being written to. */
export const consentEditor: ConditionEditor<ConsentCondition> = {
  choices: [
    {
      shelf: 'Standing',
      title: 'May be written to, or has opted out',
      hint: 'has agreed to messages by e-mail',
      also: 'consent permission unsubscribed opt-in opt-out newsletter topic',
      make: () => ({ kind: 'consent', channel: 'email', is: 'allowed' }),
    },
  ],
  Editor: ConsentEditor,
}
