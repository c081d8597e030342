import { IconShieldCheck } from '@tabler/icons-react'
import { channelKinds } from '@throughline/contracts'
import type { StepOf } from '@throughline/contracts'
import { channelNames } from '../../../format/message-words.ts'
import { Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay, withKey } from './ways.ts'

type Consent = StepOf<'consent'>

const channelWords = (channel: Consent['channel']): string =>
  channel === 'tracking' ? 'having opens and clicks recorded' : `messages by ${channelNames[channel]}`

function Fields({ step, onChange }: StepFieldsProps<Consent>) {
  return (
    <>
      <Sentence>
        <span>Notes that the person</span>
        <Pick
          label="What is noted"
          value={step.state}
          options={[
            ['granted', 'agreed to'],
            ['withdrawn', 'opted out of'],
          ]}
          onChange={(state) => onChange({ ...step, state })}
        />
        <Pick
          label="Channel"
          value={step.channel}
          options={[...channelKinds, 'tracking' as const].map((one) => [one, channelWords(one)])}
          onChange={(channel) => onChange({ ...step, channel })}
        />
        <span>about</span>
        <TextField
          label="Topic"
          placeholder="anything, or a topic"
          value={step.topic ?? ''}
          onChange={(topic) => onChange(withKey(step, 'topic', topic === '' ? undefined : topic))}
        />
      </Sentence>
      <p className="soft">
        {step.state === 'granted'
          ? 'Only where they have said nothing yet: whoever opted out stays out. Use it for those who did agree, such as in your app or shop.'
          : 'From then on nothing but receipts reaches them there, until they agree again themselves.'}
      </p>
    </>
  )
}

/** Notes a consent or its withdrawal. */
export const consentStepEditor: StepEditor<Consent> = {
  shelf: 'Do something',
  title: 'Note a consent',
  hint: 'note that they agreed to e-mail, or opted out',
  also: 'permission subscribe unsubscribe opt-in opt-out topic sunset',
  Icon: IconShieldCheck,
  tone: 'do',
  make: () => ({ kind: 'consent', channel: 'email', state: 'withdrawn' }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ channel, topic, state }) =>
    `Notes that they ${state === 'granted' ? 'agreed to' : 'opted out of'} ${channelWords(channel)}${topic === undefined ? '' : ` about ${topic}`}`,
  Fields,
}
