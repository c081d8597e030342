import { eventNames, lanes, type ConsentCondition } from '@throughline/contracts'
import { isAgreed } from '../../policy/index.ts'
import type { ConditionBehaviour, View } from '../behaviour.ts'
import type { ConditionContext } from '../context.ts'
import { latestToSql } from '../latest-sql.ts'
import type { SqlBuilder } from '../sql-builder.ts'

const { consentChanged, unsubscribed, profilesMerged } = eventNames

/** What somebody said of a channel or a topic; whoever withdrew the channel withdrew its topics. */
export const consentCondition: ConditionBehaviour<ConsentCondition> = {
  compile({ channel, topic, is }, { context }) {
    const word = ({ consents }: View) => consents[topic === undefined ? channel : `${channel}:${topic}`]?.state
    const value = {
      granted: (view: View) => word(view) === 'granted',
      withdrawn: (view: View) => word(view) === 'withdrawn',
      unsaid: (view: View) => word(view) === undefined,
      allowed: (view: View) => isAgreed(view.consents[channel]?.state, defaultOf(channel, context)) && word(view) !== 'withdrawn',
    }[is]
    return { leaves: [], traits: [], hears: [consentChanged, unsubscribed], timed: false, value, nextChangeAt: () => null }
  },
  toSql({ channel, topic, is }, sql) {
    const word = wordToSql(channel, topic, sql)
    switch (is) {
      case 'granted':
      case 'withdrawn':
        return `${word} = '${is}'`
      case 'unsaid':
        return `${word} = ''`
      case 'allowed': {
        const ofChannel = wordToSql(channel, undefined, sql)
        const allowed = defaultOf(channel, sql.context) === 'granted' ? `${ofChannel} != 'withdrawn'` : `${ofChannel} = 'granted'`
        return topic === undefined ? allowed : `(${allowed} and ${word} != 'withdrawn')`
      }
      default:
        return is satisfies never
    }
  },
  describe({ channel, topic, is }) {
    const what = topic === undefined ? channel : `${topic} by ${channel}`
    switch (is) {
      case 'allowed':
        return `may be sent ${what}`
      case 'granted':
        return `agreed to ${what}`
      case 'withdrawn':
        return `opted out of ${what}`
      case 'unsaid':
        return `said nothing about ${what}`
      default:
        return is satisfies never
    }
  },
  exactness: () => 'Exact. In previews, what two people said before they proved to be one is put together by its order.',
  children: () => [],
}

function defaultOf(channel: string, { consentDefaults }: ConditionContext): 'granted' | 'withdrawn' {
  return consentDefaults[channel] ?? 'withdrawn'
}

/*
 * `granted`, `withdrawn`, or an empty text: the latest word, of two at one instant the withdrawal; a grant that an import or a
 * journey brings counts as said at instant 0. Of people who were merged a withdrawal on either side holds, until they agree after the merge.
 */
function wordToSql(channel: string, topic: string | undefined, sql: SqlBuilder): string {
  const text = (property: string): string => {
    const json = sql.jsonAt('properties', property)
    return `if(JSONType(${json}) = 'String', JSONExtractString(${json}), '')`
  }
  const state = `if(name = '${unsubscribed}', 'withdrawn', ${text('state')})`
  const said = `if(name = '${unsubscribed}' and ${text('channel')} = '', 'email', ${text('channel')})`
  const isMeant = [
    `name in ('${consentChanged}', '${unsubscribed}')`,
    `${said} = ${sql.parameter('String', channel)}`,
    `${text('topic')} = ${sql.parameter('String', topic ?? '')}`,
    `${state} in ('granted', 'withdrawn')`,
  ].join(' and ')
  const when = `if(lane != ${lanes.live} and ${state} = 'granted', 0, at)`
  sql.reads(sql.merges ? `(${isMeant}) or name = '${profilesMerged}'` : isMeant)
  if (!sql.merges) return latestToSql(state, isMeant, sql, when)
  const own = latestToSql(state, `own and ${isMeant}`, sql, when)
  const merged = latestToSql(state, `not own and ${isMeant}`, sql, when)
  const mergedAt = sql.column(`maxIf(at, name = '${profilesMerged}')`)
  const agreedAt = sql.column(`maxIf(at, own and lane = ${lanes.live} and ${state} = 'granted' and ${isMeant})`)
  return sql.column(
    `multiIf(${own} = '', ${merged}, ${merged} = '' or ${own} = ${merged}, ${own}, ${own} = 'granted' and ${agreedAt} > ${mergedAt}, ${own}, 'withdrawn')`,
  )
}
