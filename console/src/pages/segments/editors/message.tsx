import type { MessageCondition } from '@throughline/contracts'
import { channelKinds, messageOutcomes } from '@throughline/contracts'
import { IconFilterPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ask } from '../../../api/queries.ts'
import { channelNames } from '../../../format/message-words.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { CountingFields, isNever, withCounting } from './parts/counting.tsx'
import { Pick, TextField } from './parts/fields.tsx'
import { NamedField } from './parts/named-field.tsx'
import { WindowField, withWindow } from './parts/window.tsx'
import { Line, Sentence } from './parts/words.tsx'
import styles from './parts/parts.module.css'

type Outcome = MessageCondition['outcome']

const did: Record<Outcome, string> = {
  sent: 'was sent',
  delivered: 'received',
  opened: 'opened',
  clicked: 'clicked in',
  bounced: 'bounced',
}
const didNot: Record<Outcome, string> = {
  sent: 'was not sent',
  delivered: 'did not receive',
  opened: 'did not open',
  clicked: 'did not click in',
  bounced: 'did not bounce',
}

/** By what a message can be told from others, and how it is called. */
const parts = [
  ['journey', 'of the journey'],
  ['step', 'of the step'],
  ['template', 'with the template'],
  ['message', 'with the id'],
] as const
type Part = (typeof parts)[number][0]

function MessageEditor({ condition, onChange, isWrong }: EditorProps<MessageCondition>) {
  const { outcome, channel, by } = condition
  const never = isNever(condition)
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 60_000 })
  const named = (kind: 'journey' | 'template') =>
    definitions.data?.items.flatMap(({ definition }) => (definition.kind === kind ? [{ id: definition.id, name: definition.name }] : []))
  const given = parts.filter(([part]) => condition[part] !== undefined)
  const missing = parts.filter(([part]) => condition[part] === undefined)
  const without = (field: Part | 'channel' | 'by'): MessageCondition => {
    const { [field]: _, ...rest } = condition
    return rest
  }
  return (
    <>
      <Sentence>
        <Pick
          label="What happened with it"
          value={`${never ? 'not-' : ''}${outcome}`}
          options={[
            ...messageOutcomes.map((one) => [one as string, did[one]] as const),
            ...messageOutcomes.map((one) => [`not-${one}`, didNot[one]] as const),
          ]}
          onChange={(said) => {
            const not = said.startsWith('not-')
            const next = messageOutcomes.find((one) => said === one || said === `not-${one}`) ?? outcome
            const times = not ? ({ op: 'exactly', n: 0 } as const) : never ? ({ op: 'at-least', n: 1 } as const) : condition.times
            const { by: _, ...rest } = condition
            onChange(
              withCounting(next === 'opened' || next === 'clicked' ? { ...condition, outcome: next } : { ...rest, outcome: next }, {
                times,
              }),
            )
          }}
        />
        <Pick
          label="Channel"
          value={channel ?? ''}
          options={[
            ['', 'a message on any channel'],
            ...channelKinds.map((one) => [one as string, one === 'email' ? 'an e-mail' : `a message (${channelNames[one]})`] as const),
            ...(channel === undefined || channelKinds.some((one) => one === channel) ? [] : [[channel, `a message (${channel})`] as const]),
          ]}
          onChange={(next) => onChange(next === '' ? without('channel') : { ...condition, channel: next })}
        />
        <CountingFields value={condition} isWrong={isWrong} onChange={(next) => onChange(withCounting(condition, next))} />
        <WindowField value={condition} isWrong={isWrong} onChange={(window) => onChange(withWindow(condition, window))} />
        {outcome === 'opened' || outcome === 'clicked' ? (
          <Pick
            label="By people or machines"
            quiet
            value={by ?? 'people'}
            options={[
              ['people', 'by people'],
              ['both', 'by people or machines'],
              ['machines', 'by machines'],
            ]}
            onChange={(next) => onChange(next === 'people' ? without('by') : { ...condition, by: next })}
          />
        ) : null}
        {missing.length === 0 ? null : (
          <span className={styles.bare}>
            <IconFilterPlus size={14} aria-hidden />
            <Pick<Part | ''>
              label="Only a certain message"
              quiet
              value=""
              options={[['', 'only…'], ...missing]}
              onChange={(part) => (part === '' ? undefined : onChange({ ...condition, [part]: '' }))}
            />
          </span>
        )}
      </Sentence>
      {given.map(([part, words]) => (
        <Line key={part}>
          <span className={styles.small}>{words}</span>
          {part === 'journey' || part === 'template' ? (
            <NamedField
              label={`Only ${words}`}
              what={part}
              value={condition[part] ?? ''}
              items={named(part)}
              onChange={(value) => onChange({ ...condition, [part]: value })}
            />
          ) : (
            <TextField
              label={`Only ${words}`}
              placeholder="its id"
              value={condition[part] ?? ''}
              wrong={isWrong(part)}
              onChange={(value) => onChange({ ...condition, [part]: value })}
            />
          )}
          <button type="button" className={styles.bare} aria-label={`Remove “${words}”`} onClick={() => onChange(without(part))}>
            <IconX size={14} aria-hidden />
          </button>
        </Line>
      ))}
    </>
  )
}

/** What became of the messages that somebody was sent. */
export const messageEditor: ConditionEditor<MessageCondition> = {
  choices: [
    {
      shelf: 'Messages',
      title: 'Opened, clicked, received a message',
      hint: 'opened an e-mail at least once in the last 30 days',
      also: 'newsletter campaign email sent delivered bounced read engaged',
      make: () => ({ kind: 'message', outcome: 'opened', channel: 'email', times: { op: 'at-least', n: 1 }, within: '30 days' }),
    },
    {
      shelf: 'Messages',
      title: 'Did not open or click',
      hint: 'did not open an e-mail in the last 90 days',
      also: 'newsletter ignored unengaged never opened',
      make: () => ({ kind: 'message', outcome: 'opened', channel: 'email', times: { op: 'exactly', n: 0 }, within: '90 days' }),
    },
  ],
  Editor: MessageEditor,
}
