import { eventNames, type EventCondition, type MessageCondition, type PropertyFilter } from '@throughline/contracts'
import type { ConditionBehaviour } from './behaviour.ts'
import { describeCount, eventCondition } from './event.ts'

const names = {
  sent: eventNames.messageSent,
  delivered: eventNames.messageDelivered,
  opened: eventNames.messageOpened,
  clicked: eventNames.messageClicked,
  bounced: eventNames.messageBounced,
} as const

/** What became of messages of ours, by their outcome events. */
export const messageCondition: ConditionBehaviour<MessageCondition> = {
  compile: (condition, compiler) => compiler.compile(toEvent(condition)),
  toSql: (condition, sql) => sql.compile(toEvent(condition)),

  describe(condition) {
    const { outcome, channel, journey, step, template, message, by } = condition
    const from = [
      journey !== undefined && ` of journey ${journey}`,
      step !== undefined && ` of step ${step}`,
      template !== undefined && ` made with template ${template}`,
      message !== undefined && ` with id ${message}`,
    ].filter((part) => part !== false)
    const what = `${channel === undefined ? 'a message' : `an ${channel} message`.replace(/^an (?![aeiou])/, 'a ')}${from.join('')}`
    const who =
      isTouch(outcome) && by === 'machines' ? ' (by machines)' : isTouch(outcome) && by === 'both' ? ' (by people or machines)' : ''
    const [did, object] = phrases[outcome]
    return describeCount(condition, did, `${object.replace('…', what)}${who}`)
  },

  exactness: (condition) =>
    `${eventCondition.exactness!(toEvent(condition))}${isTouch(condition.outcome) ? ' Machines are told by how they name themselves; some mail programs open in the name of people.' : ''}`,
  children: () => [],
}

const phrases = {
  sent: ['got', '… sent'],
  delivered: ['got', '… delivered'],
  opened: ['opened', '…'],
  clicked: ['clicked in', '…'],
  bounced: ['got', '… that bounced'],
} as const

function toEvent(condition: MessageCondition): EventCondition {
  const { outcome, times, count, within, calendarDays, between, since } = condition
  const properties = [
    ['channel', condition.channel],
    ['journey', condition.journey],
    ['step', condition.step],
    ['template', condition.template],
    ['message_id', condition.message],
  ] as const
  const where = properties.flatMap(([property, value]): PropertyFilter[] =>
    value === undefined ? [] : [{ property, compare: { op: 'is', value } }],
  )
  return {
    kind: 'event',
    event: names[outcome],
    times,
    ...(count !== undefined && { count }),
    ...(within !== undefined && { within }),
    ...(calendarDays !== undefined && { calendarDays }),
    ...(between !== undefined && { between }),
    ...(since !== undefined && { since }),
    where: [...where, ...touchedBy(condition)],
  }
}

// Outcomes that carry no word about machines are those of people: providers report them so.
function touchedBy({ outcome, by }: MessageCondition): readonly PropertyFilter[] {
  if (!isTouch(outcome) || by === 'both') return []
  return [{ property: 'machine', compare: { op: by === 'machines' ? 'is' : 'is-not', value: true } }]
}

function isTouch(outcome: MessageCondition['outcome']): boolean {
  return outcome === 'opened' || outcome === 'clicked'
}
