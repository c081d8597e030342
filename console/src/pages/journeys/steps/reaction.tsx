import { IconMessageReply } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { DurationField, Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { EarlierStepField } from './parts/earlier-step-field.tsx'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import { RankedField } from './parts/ranked-field.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadAt, withKey } from './ways.ts'

type Reaction = StepOf<'reaction'>
type On = Reaction['ways'][number]['on']

const said: Readonly<Record<On, string>> = {
  clicked: 'clicked a link',
  replied: 'wrote back',
  opened: 'opened it',
  delivered: 'got it delivered',
  bounced: 'could not be delivered',
  'not-sent': 'was not sent',
}
const choices = (Object.keys(said) as On[]).map((on) => [on, said[on]] as const)
const wayWords = ({ on, link }: Reaction['ways'][number]): string => (link === undefined ? said[on] : `${said[on]} with “${link}” in it`)

function Fields({ step, onChange, isWrong, way }: StepFieldsProps<Reaction>) {
  const { ways } = step
  return (
    <>
      <Sentence>
        <span>What becomes of</span>
        <EarlierStepField label="Message" saying value={step.of} onChange={(of) => onChange({ ...step, of })} />
        <span>within</span>
        <DurationField
          label="How long at most"
          value={step.upTo}
          wrong={isWrong('upTo')}
          onChange={(upTo) => onChange({ ...step, upTo })}
        />
      </Sentence>
      <RankedField what="way" ranked={step.ranked} onChange={(ranked) => onChange(withKey(step, 'ranked', ranked))} />
      <p className="soft">Opens and clicks by machines do not count. What was not sent, or bounced, goes on at once.</p>
      {ways.map((one, index) => (
        <PathBlock
          key={index}
          title={step.ranked === true ? `Rank ${index + 1}` : `Reaction ${index + 1}`}
          onRemove={ways.length > 1 ? () => onChange({ ...step, ways: ways.toSpliced(index, 1) }) : undefined}
          onUp={index > 0 ? () => onChange({ ...step, ways: ways.toSpliced(index - 1, 2, one, ways[index - 1]!) }) : undefined}
          way={way(index)}
        >
          <Sentence>
            <Pick
              label={`Reaction ${index + 1}`}
              value={one.on}
              options={choices}
              onChange={(on) =>
                onChange({ ...step, ways: ways.with(index, { ...withKey(one, 'link', on === 'clicked' ? one.link : undefined), on }) })
              }
            />
            {one.on === 'clicked' ? (
              <>
                <span>whose address has</span>
                <TextField
                  label={`Link of reaction ${index + 1}`}
                  placeholder="any"
                  value={one.link ?? ''}
                  onChange={(link) => onChange({ ...step, ways: ways.with(index, withKey(one, 'link', link === '' ? undefined : link)) })}
                />
              </>
            ) : null}
          </Sentence>
        </PathBlock>
      ))}
      <PathButton onClick={() => onChange({ ...step, ways: [...ways, { on: unused(ways) }] })}>Add another reaction</PathButton>
      <PathBlock title="None of it in time" way={way('otherwise')} />
    </>
  )
}

const unused = (ways: Reaction['ways']): On => choices.find(([on]) => !ways.some((way) => way.on === on))?.[0] ?? 'clicked'

/** Waits for what becomes of a message that was said before. */
export const reactionEditor: StepEditor<Reaction> = {
  shelf: 'Decide',
  title: 'Split by reaction',
  hint: 'clicked, opened, or neither within 2 days',
  also: 'replied opened clicked delivered bounced link answer response engagement wait best ranked',
  Icon: IconMessageReply,
  tone: 'decide',
  make: () => ({ kind: 'reaction', of: '', ways: [{ on: 'clicked' }, { on: 'opened' }], upTo: '1 day' }),
  ways: ({ ways, upTo, otherwise }) => [
    ...ways.map((one, port) => ({ port, to: one.next, when: wayWords(one) })),
    { port: 'otherwise', to: otherwise, when: upTo.startsWith('0 ') ? 'none so far' : `none within ${upTo === '' ? '…' : upTo}` },
  ],
  lead: (step, port, to) => (typeof port === 'number' ? { ...step, ways: leadAt(step.ways, port, to) } : withKey(step, 'otherwise', to)),
  rename: (step, idOf) => ({ ...step, of: idOf(step.of) }),
  sentence: ({ of, upTo, ranked }, names) =>
    `Looks what becomes of ${of === '' ? '…' : `“${names.step(of)}”`}, for up to ${upTo === '' ? '…' : upTo}${ranked === true ? ', and takes the best' : ''}`,
  Fields,
}
