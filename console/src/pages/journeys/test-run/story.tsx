import { useMemo } from 'react'
import { Button } from '@mantine/core'
import { eventNames } from '@throughline/contracts'
import type { JourneyDefinition, ShownTestMoment } from '@throughline/contracts'
import { channelNames } from '../../../format/message-words.ts'
import { useFormat } from '../../../format/use-format.ts'
import { safeEmail } from '../../messages/safe-email.ts'
import { stepTitle } from '../graph.ts'
import styles from './test-run.module.css'

type Message = Extract<ShownTestMoment, { kind: 'message' }>

interface StoryProps {
  readonly moments: readonly ShownTestMoment[]
  readonly definition: JourneyDefinition
  /** Makes something become of a message. */
  readonly answer: (message: string, event: string) => void
}

/** What happened so far, the latest first, each by the test's own clock. */
export function Story({ moments, definition, answer }: StoryProps) {
  const format = useFormat()
  return (
    <ol className={styles.story} aria-label="What happened, the latest first">
      {moments.toReversed().map((moment, index) => (
        <li key={moments.length - index}>
          <time dateTime={new Date(moment.at).toISOString()} className="num soft">
            {format.full(moment.at)}
          </time>
          {moment.kind === 'message' ? (
            <MessageCard message={moment} title={stepTitle(definition, moment.step)} answer={answer} />
          ) : (
            <span>{wordsOf(moment, definition)}</span>
          )}
        </li>
      ))}
    </ol>
  )
}

function wordsOf(moment: Exclude<ShownTestMoment, Message>, definition: JourneyDefinition): string {
  const title = 'step' in moment ? stepTitle(definition, moment.step) : ''
  switch (moment.kind) {
    case 'heard':
      return `They do: ${moment.event}`
    case 'entered':
      return 'They come in'
    case 'stands':
      return `They stand at “${title}”`
    case 'passed':
      return `“${title}”: ${moment.because}`
    case 'delayed':
      return `“${title}” waits with its message: ${moment.reason}`
    case 'asked':
      return `“${title}” ${moment.ok ? 'is answered: nobody was called' : 'gets no answer: nobody was called'}`
    case 'task':
      return `“${title}” makes a task for ${moment.assignee}: “${moment.title}”${moment.email ? ', with a mail' : ''}${moment.failure === null ? '' : ` (its texts cannot be written: ${moment.failure})`}`
    case 'did':
      return `“${title}” says ${moment.event}`
    case 'goal':
      return `They reach the goal${moment.name === '' ? '' : `: ${moment.name}`}`
    case 'left':
      return `They leave: ${moment.reason}`
    default:
      return moment satisfies never
  }
}

function MessageCard({
  message,
  title,
  answer,
}: {
  readonly message: Message
  readonly title: string
  readonly answer: StoryProps['answer']
}) {
  const { content, heldBy, failure, channel, reason, id } = message
  const safe = useMemo(() => (content?.html == null ? null : safeEmail(content.html, false)), [content])
  return (
    <div className={styles.message}>
      <span>
        <strong>
          {channelNames[channel]}, “{title}”
        </strong>{' '}
        <span className="soft">{reason}</span>
      </span>
      {failure === null ? null : <span className={styles.bad}>It cannot be written: {failure}</span>}
      {content === null ? null : (
        <details>
          <summary>{content.title ?? content.text.slice(0, 60)}</summary>
          {safe === null ? (
            <p className={styles.text}>{content.text}</p>
          ) : (
            <iframe
              className={styles.frame}
              sandbox=""
              srcDoc={safe.html}
              title={`E-mail: ${content.title ?? ''}`}
              referrerPolicy="no-referrer"
              tabIndex={-1}
            />
          )}
        </details>
      )}
      {heldBy !== null || failure !== null ? null : (
        <div className={styles.buttons}>
          <Button size="compact-xs" variant="default" onClick={() => answer(id, eventNames.messageOpened)}>
            They open it
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => answer(id, eventNames.messageClicked)}>
            They click in it
          </Button>
        </div>
      )}
    </div>
  )
}
