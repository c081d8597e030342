import { eventNames, factsOf, type ConsentCondition, type ReachableCondition, type ReachedBy } from '@throughline/contracts'
import { addressFor, addressTraits, isBlocked, postalParts } from '../../policy/index.ts'
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
      traits: addressTraits(channel),
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
    addressTraits(channel).length > 0
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
const trimmedPattern = `(?s)^[${space}]*(.*?)[${space}]*$`

/** Where messages of the channel reach a person, as suppressions are found by it; empty where they do not. `null`: nothing of the person decides it. */
function addressToSql(channel: ReachableCondition['channel'], sql: SqlBuilder): string | null {
  const address = finders[factsOf(channel).reachedBy](sql)
  // Suppressions of e-mail are found by the address in small letters.
  return channel === 'email' ? sql.column(`lowerUTF8(${address})`) : address
}

const emailToSql = (sql: SqlBuilder): string => {
  const json = traitToSql('email', sql)
  return sql.column(`if(${isText(json)}, extract(${textOf(json)}, ${sql.parameter('String', addressPattern)}), '')`)
}

/** As `toE164` reads a number. */
const phoneToSql = (sql: SqlBuilder): string => {
  const bare = `replaceRegexpOne(${trimmedToSql('phone', sql)}, '(?i)^tel:', '')`
  const plain = sql.derived(`replaceRegexpAll(${bare}, ${sql.parameter('String', `[${space}().\\-/]`)}, '')`)
  const international = sql.derived(`if(startsWith(${plain}, '00'), concat('+', substring(${plain}, 3)), ${plain})`)
  return sql.derived(`if(match(${international}, ${sql.parameter('String', '^\\+[1-9][0-9]{6,14}$')}), ${international}, '')`)
}

const finders: { readonly [K in ReachedBy]: (sql: SqlBuilder) => string | null } = {
  email: emailToSql,
  phone: phoneToSql,
  profile(sql) {
    // Everybody is in question, whatever they did.
    sql.reads('1')
    return 'profile'
  },
  nothing(sql) {
    sql.reads('1')
    return null
  },
  'web-push-token': (sql) => trimmedToSql('web_push_token', sql),
  'app-push-token': (sql) => trimmedToSql('app_push_token', sql),
  'postal-address'(sql) {
    const [street, code, city, country] = postalParts.map((name) => trimmedToSql(name, sql))
    const whole = `concat(${street}, ', ', ${code}, ' ', ${city}, if(${country} = '', '', concat(', ', ${country})))`
    return sql.derived(`if(${street} = '' or ${code} = '' or ${city} = '', '', ${whole})`)
  },
  'email-or-phone'(sql) {
    const email = emailToSql(sql)
    return sql.derived(`if(${email} != '', lowerUTF8(${email}), ${phoneToSql(sql)})`)
  },
}

/** The text of a trait without white space around it; empty where it is none. */
function trimmedToSql(trait: string, sql: SqlBuilder): string {
  const json = traitToSql(trait, sql)
  return sql.derived(`if(${isText(json)}, extract(${textOf(json)}, ${sql.parameter('String', trimmedPattern)}), '')`)
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
  const told = sql.perEvent(`if(${names}, ${text('address')}, '')`)
  const by = sql.perEvent(`if(${names}, ${text('channel')}, '')`)
  // One list for all channels: a question about every one of them costs little more than about one.
  const said = sql.column(
    `groupArrayIf((${told}, at, ${reason}, ${by}), ${told} != '' and (name = '${addressReleased}' or ${reason} != ''))`,
  )
  return `tupleElement(arrayMax(w -> (w.2, w.3), arrayFilter(w -> w.4 = ${sql.parameter('String', channel)} and w.1 = ${address}, ${said})), 2)`
}
