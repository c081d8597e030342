import { eventNames, type ConsentCondition, type ReachableCondition } from '@throughline/contracts'
import { addressFor, isBlocked } from '../../policy/index.ts'
import { suppressionKey } from '../../profiles/index.ts'
import type { ConditionBehaviour } from '../behaviour.ts'
import { isText, textOf } from '../comparisons/index.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { traitToSql } from '../trait.ts'

const { addressSuppressed, addressReleased } = eventNames

/** A marketing message would reach them now: an address, consent, no suppression; as policy and the sender judge it. */
export const reachableCondition: ConditionBehaviour<ReachableCondition> = {
  compile(condition, compiler) {
    const { channel } = condition
    const allowed = compiler.compile(consentOf(condition))
    return {
      ...allowed,
      traits: channel === 'email' ? ['email'] : [],
      hears: [...(allowed.hears ?? []), addressSuppressed, addressReleased],
      value(view, now) {
        const address = addressFor(channel, view)
        if (address === null) return false
        const [reason] = view.suppressed[suppressionKey(channel, address)] ?? ['']
        return isBlocked(reason, 'marketing') ? false : allowed.value(view, now)
      },
    }
  },
  toSql(condition, sql) {
    const allowed = sql.compile(consentOf(condition))
    const address = addressToSql(condition.channel, sql)
    const isFree = `${reasonToSql(condition.channel, address ?? `''`, sql)} = ''`
    return `(${[...(address === null ? [] : [`${address} != ''`]), isFree, allowed].join(' and ')})`
  },
  describe: ({ channel, topic }) => `can be reached by ${channel}${topic === undefined ? '' : ` about ${topic}`}`,
  exactness: ({ channel }) =>
    channel === 'email'
      ? 'Exact: a valid address, consent, and no suppression, which people are told of within a second.'
      : 'Exact: consent, and no suppression.',
  children: () => [],
}

function consentOf({ channel, topic }: ReachableCondition): ConsentCondition {
  return { kind: 'consent', channel, is: 'allowed', ...(topic !== undefined && { topic }) }
}

/** What JavaScript takes for white space, for a class of RE2. */
const space = '\\t\\n\\x0B\\f\\r \\x{00A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}'
const addressPattern = `^[${space}]*([^${space}@]+@[^${space}@]+)[${space}]*$`

/** Where messages of the channel reach a person, as suppressions are found by it; empty where they do not. `null`: nothing of the person decides it. */
function addressToSql(channel: ReachableCondition['channel'], sql: SqlBuilder): string | null {
  switch (channel) {
    case 'email': {
      const json = traitToSql('email', sql)
      return sql.column(`if(${isText(json)}, lowerUTF8(extract(${textOf(json)}, ${sql.parameter('String', addressPattern)})), '')`)
    }
    case 'inbox':
      // Everybody is in question, whatever they did.
      sql.reads('1')
      return 'profile'
    case 'webhook':
      sql.reads('1')
      return null
    default:
      return channel satisfies never
  }
}

/** Why the address gets nothing, an empty text where it does: the latest word said of it, of two of one instant the larger. */
function reasonToSql(channel: string, address: string, sql: SqlBuilder): string {
  const names = `name in ('${addressSuppressed}', '${addressReleased}')`
  sql.reads(names)
  const text = (property: string): string => {
    const json = sql.jsonAt('properties', property)
    return `if(${isText(json)}, ${textOf(json)}, '')`
  }
  const reason = sql.perEvent(`if(name = '${addressReleased}', '', ${text('reason')})`)
  const told = sql.perEvent(`if(${names} and ${text('channel')} = ${sql.parameter('String', channel)}, ${text('address')}, '')`)
  const said = sql.column(`groupArrayIf((${told}, at, ${reason}), ${told} != '' and (name = '${addressReleased}' or ${reason} != ''))`)
  return `tupleElement(arrayMax(w -> (w.2, w.3), arrayFilter(w -> w.1 = ${address}, ${said})), 2)`
}
