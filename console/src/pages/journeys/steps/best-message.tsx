import { IconArrowsShuffle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { channelKinds, channelTable } from '@throughline/contracts'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { channelNames } from '../../../format/message-words.ts'
import { DurationField, Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import { NoCarrier } from '../../messages/no-carrier.tsx'
import { PurposeField } from './parts/purpose.tsx'
import { ChannelOrder } from './parts/channel-order.tsx'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay, withKey } from './ways.ts'

type BestMessage = StepOf<'best-message'>

const places = ['First', 'Else', 'Else', 'Else', 'Else', 'Else', 'Else', 'Else', 'Else', 'Else']

function Fields({ step, onChange, isWrong }: StepFieldsProps<BestMessage>) {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const { channels, learned } = step
  const free = channelKinds.filter((kind) => channels.every(({ channel }) => channel !== kind))
  return (
    <>
      <Sentence>
        <span>Says it by the first of these channels that reaches the person and that they and you allow.</span>
      </Sentence>
      {channels.map((one, index) => {
        const templates = (definitions.data?.items ?? []).flatMap(({ definition }) =>
          definition.kind === 'template' && definition.channel === one.channel ? [definition] : [],
        )
        return (
          <PathBlock
            key={one.channel}
            title={`${learned === undefined ? places[index] : 'One'}, by ${channelTable[one.channel].word}`}
            onUp={
              index > 0 ? () => onChange({ ...step, channels: channels.toSpliced(index - 1, 2, one, channels[index - 1]!) }) : undefined
            }
            onRemove={channels.length > 2 ? () => onChange({ ...step, channels: channels.toSpliced(index, 1) }) : undefined}
            way={null}
          >
            <Sentence>
              <Pick
                label={`Channel ${index + 1}`}
                value={one.channel}
                options={channelKinds.flatMap((kind) =>
                  kind === one.channel || free.includes(kind) ? [[kind, channelNames[kind]] as const] : [],
                )}
                onChange={(channel) => onChange({ ...step, channels: channels.with(index, { channel, template: '' }) })}
              />
              <NamedField
                label={`Template ${index + 1}`}
                what="template"
                value={one.template}
                items={templates}
                onChange={(template) => onChange({ ...step, channels: channels.with(index, { ...one, template }) })}
              />
            </Sentence>
            {definitions.data !== undefined && templates.length === 0 ? (
              <p className="soft">
                There is no template for {channelTable[one.channel].word} yet. Publish one with{' '}
                <code className="mono">npx throughline apply</code>; it can be chosen here at once.
              </p>
            ) : null}
            {channelTable[one.channel].carrier === 'none' ? <NoCarrier channel={one.channel} /> : null}
          </PathBlock>
        )
      })}
      {free[0] === undefined ? null : (
        <PathButton onClick={() => onChange({ ...step, channels: [...channels, { channel: free[0]!, template: '' }] })}>
          Try another channel too
        </PathButton>
      )}
      <ChannelOrder step={step} onChange={onChange} isWrong={isWrong} />
      <Line>
        <Pick
          label="When nobody answers"
          value={step.unanswered === undefined ? 'once' : 'again'}
          options={[
            ['once', 'It is said once'],
            ['again', 'Whoever neither opens nor clicks gets it by the next channel'],
          ]}
          onChange={(choice) => onChange(withKey(step, 'unanswered', choice === 'again' ? '2 days' : undefined))}
        />
        {step.unanswered === undefined ? null : (
          <>
            <span>after</span>
            <DurationField
              label="After how long"
              value={step.unanswered}
              wrong={isWrong('unanswered')}
              onChange={(unanswered) => onChange({ ...step, unanswered })}
            />
          </>
        )}
      </Line>
      <PurposeField value={step.purpose} onChange={(purpose) => onChange({ ...step, purpose })} />
    </>
  )
}

/** Says something by the best of several channels. */
export const bestMessageEditor: StepEditor<BestMessage> = {
  shelf: 'Say something',
  title: 'Send by the best channel',
  hint: 'e-mail, or else an SMS, in your order or as each person answers; by the next one when nobody answers',
  also: `learned optimise likeliest affinity fallback fall-back cross-channel preferred unreachable unanswered ${channelKinds.join(' ')}`,
  Icon: IconArrowsShuffle,
  tone: 'message',
  make: () => ({
    kind: 'best-message',
    channels: [
      { channel: 'email', template: '' },
      { channel: 'sms', template: '' },
    ],
    purpose: 'marketing',
  }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ channels, learned, unanswered, purpose }) =>
    `Sends by ${channels.map(({ channel }) => channelTable[channel].word).join(', or else ')}${
      learned === undefined ? '' : ', the likeliest to be answered first'
    }${
      unanswered === undefined ? '' : `; unanswered for ${unanswered === '' ? '…' : unanswered}, by the next`
    }${purpose === 'transactional' ? ', as a service message' : ''}`,
  Fields,
}
