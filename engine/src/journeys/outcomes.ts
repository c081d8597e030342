import { eventNames, ownSource } from '@throughline/contracts'
import type { Occurrence } from '../conditions/index.ts'
import type { Run } from '../profile.ts'

/** Outcomes of messages by which runs are moved. */
export const outcomesHeard: readonly string[] = [
  eventNames.messageDelivered,
  eventNames.messageOpened,
  eventNames.messageClicked,
  eventNames.messageBounced,
  eventNames.messageFailed,
  eventNames.messageHeldBack,
  eventNames.messageReceived,
]

/**
 * The run with what an outcome tells of one of its messages; the same object where it tells nothing new.
 * @param links by step, the texts by which clicks on the links of its message are told apart
 */
export function noteOutcome(run: Run, occurrence: Occurrence, links: ReadonlyMap<string, readonly string[]>, at: number): Run {
  const { name, event } = occurrence
  // Only what Throughline itself says of a message counts.
  if (run.said === undefined || !outcomesHeard.includes(name) || (event !== undefined && event.source !== ownSource)) return run
  const { message_id: id } = occurrence.properties
  for (const [step, said] of Object.entries(run.said)) {
    if (said.id !== id) continue
    const news = namesOf(occurrence, links.get(step) ?? []).filter((name) => said.heard?.[name] === undefined)
    if (news.length === 0) return run
    const heard = { ...said.heard, ...Object.fromEntries(news.map((name) => [name, at])) }
    return { ...run, said: { ...run.said, [step]: { ...said, heard } } }
  }
  return run
}

/** Under which names an outcome is remembered. What machines open and click tells nothing of the person. */
function namesOf({ name, properties }: Occurrence, links: readonly string[]): readonly string[] {
  const { machine, url } = properties
  switch (name) {
    case eventNames.messageDelivered:
      return ['delivered']
    case eventNames.messageOpened:
      return machine === true ? [] : ['opened']
    case eventNames.messageClicked:
      return machine === true ? [] : ['clicked', ...links.filter((link) => typeof url === 'string' && url.includes(link)).map(clickOn)]
    case eventNames.messageReceived:
      return ['replied']
    case eventNames.messageBounced:
      return ['bounced']
    default:
      return ['not-sent']
  }
}

/** Under what a click on a link with this text in its address is remembered. */
export function clickOn(link: string): string {
  return `clicked ${link}`
}
