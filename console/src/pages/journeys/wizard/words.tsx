import { ActionIcon, Checkbox, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { channelKinds } from '@throughline/contracts'
import { channelNames } from '../../../format/message-words.ts'
import { useFormat } from '../../../format/use-format.ts'
import { DurationField, NumberField } from '../../segments/editors/parts/fields.tsx'
import { SuggestField } from '../../segments/editors/parts/suggest-field.tsx'
import { ValuesField } from '../../segments/editors/parts/values-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { messagesWords, reachWords, timeWords } from './figure-words.ts'
import type { GroupProps } from './groups.ts'
import { Question } from './question.tsx'
import styles from './wizard.module.css'

/** Questions 9, 10, 12 and 13: what is said, where and when. */
export function Words({ answers, say, openOf, figures }: GroupProps) {
  const format = useFormat()
  const { channels, starts } = answers
  const start = starts[0]
  const move = (from: number, to: number): void => {
    const moved = channels[from]
    if (moved !== undefined) say({ channels: channels.toSpliced(from, 1).toSpliced(to, 0, moved) })
  }
  return (
    <>
      <Question number={9} figure={figures.rehearsal === undefined ? null : messagesWords(figures.rehearsal, format)} open={openOf(9)}>
        <Sentence>
          <NumberField
            label="Messages to one person"
            whole
            value={answers.interactions}
            onChange={(interactions) => say({ interactions })}
          />
          <span>at most (1 to 6)</span>
        </Sentence>
      </Question>
      <Question
        number={10}
        hint="The first one is begun with. Whoever does not answer there gets the next message on the first of the others that reaches them."
        open={openOf(10)}
      >
        <ol className={styles.ranks} aria-label="Channels, the preferred first">
          {channels.map((channel, index) => (
            <li key={channel}>
              <span className="num">{index + 1}</span>
              <span>
                <Checkbox
                  label={channelNames[channel]}
                  checked
                  onChange={() => say({ channels: channels.filter((one) => one !== channel) })}
                />
                <span className={styles.reach}>{reachWords(channel, figures, format)}</span>
              </span>
              <span className={styles.move}>
                <ActionIcon
                  variant="default"
                  size="sm"
                  aria-label={`${channelNames[channel]} earlier`}
                  disabled={index === 0}
                  onClick={() => move(index, index - 1)}
                >
                  <IconArrowUp size={14} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="default"
                  size="sm"
                  aria-label={`${channelNames[channel]} later`}
                  disabled={index === channels.length - 1}
                  onClick={() => move(index, index + 1)}
                >
                  <IconArrowDown size={14} aria-hidden />
                </ActionIcon>
              </span>
            </li>
          ))}
        </ol>
        <div className={styles.checks} style={{ marginTop: 10 }}>
          {channelKinds
            .filter((channel) => !channels.includes(channel))
            .map((channel) => (
              <Checkbox
                key={channel}
                label={channelNames[channel]}
                checked={false}
                onChange={() => say({ channels: [...channels, channel] })}
              />
            ))}
        </div>
      </Question>
      <Question
        number={13}
        hint="Whoever answered gets the next one when the wait is over; the others after this time."
        figure={timeWords(figures.time, 'People do not all do it at once. In your shop', format)}
        open={openOf(13)}
      >
        <Sentence>
          <span>the first after</span>
          <DurationField label="To the first message" value={answers.first} onChange={(first) => say({ first })} />
          <span>(0: at once), the next after</span>
          <DurationField label="To the next message" value={answers.next} onChange={(next) => say({ next })} />
        </Sentence>
      </Question>
      <Question number={12} hint="Where a name is not known, the greeting does without." open={openOf(12)}>
        <Sentence>
          <span>greeted by</span>
          <SuggestField
            label="Trait for the greeting"
            placeholder="nothing"
            wanted={{ of: 'traits' }}
            value={answers.greetBy ?? ''}
            onChange={(greetBy) => say({ greetBy: greetBy === '' ? undefined : greetBy })}
          />
        </Sentence>
        {start?.kind === 'event' && start.on.event !== '' ? (
          <Sentence>
            <span>showing from {start.on.event}</span>
            <ValuesField
              label="Properties shown"
              values={answers.show}
              types={['text']}
              wanted={{ of: 'properties', event: start.on.event }}
              wrong={false}
              onChange={(show) => say({ show: show.map(String) })}
            />
          </Sentence>
        ) : null}
      </Question>
      <Question number={0} words="Where do the messages lead?" open={openOf(0).filter(({ field }) => field === 'link')}>
        <TextInput
          className={styles.field}
          aria-label="Address that the messages lead to"
          type="url"
          placeholder="https://www.your-shop.com/"
          value={answers.link}
          onChange={(event) => say({ link: event.currentTarget.value })}
        />
      </Question>
    </>
  )
}
