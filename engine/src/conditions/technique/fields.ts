import { valueAt, type ContextField, type JsonObject } from '@throughline/contracts'
import { bareContext } from '../context.ts'
import { makeSqlBuilder, type ContextPath, type SqlBuilder, type SqlQuery } from '../sql-builder.ts'
import { browserRules, deviceRules, osRules, readBy, rulesToSql } from './user-agent.ts'

/** Where a field is read in the context of an event: a text, an empty one where it says nothing. */
interface FieldReader {
  read(context: JsonObject): string
  /** The same as a ClickHouse expression over one event. */
  toSql(sql: SqlBuilder): string
  /** The field in a sentence. */
  readonly words: string
  /** What somebody did of whom it was said once: `used a system`. */
  readonly did: string
}

const textAt = (context: JsonObject, path: string): string => {
  const value = valueAt(context, path)
  return typeof value === 'string' ? value : ''
}

const plain = (path: ContextPath, words: string, did: string): FieldReader => ({
  read: (context) => textAt(context, path),
  toSql: (sql) => sql.contextText(path),
  words,
  did,
})

const agent = 'userAgent'
type Rules = Parameters<typeof readBy>[0]
const ofAgent = (rules: Rules, words: string, did: string): FieldReader => ({
  read: (context) => readBy(rules, textAt(context, agent)) ?? '',
  toSql: (sql) => rulesToSql(rules, sql.contextText(agent)),
  words,
  did,
})
/** Phones tell their kind and system themselves; of browsers the user agent is read. */
const known = (path: ContextPath, rules: Rules, words: string, did: string): FieldReader => ({
  read: (context) => textAt(context, path) || (readBy(rules, textAt(context, agent)) ?? ''),
  toSql: (sql) => `if(${sql.contextText(path)} != '', ${sql.contextText(path)}, ${rulesToSql(rules, sql.contextText(agent))})`,
  words,
  did,
})

export const fieldReaders: { readonly [F in ContextField]: FieldReader } = {
  device: ofAgent(deviceRules, 'the latest device', 'used a device'),
  os: known('os.name', osRules, 'the latest system', 'used a system'),
  browser: ofAgent(browserRules, 'the latest browser', 'used a browser'),
  app: plain('app.name', 'the latest app', 'used an app'),
  'app-version': plain('app.version', 'the version of the app', 'used a version of the app'),
  language: {
    read: (context) => /^[A-Za-z]{2,3}/.exec(textAt(context, 'locale'))?.[0].toLowerCase() ?? '',
    toSql: (sql) => `lower(extract(${sql.contextText('locale')}, '^[A-Za-z]{2,3}'))`,
    words: 'the latest language',
    did: 'used a language',
  },
  locale: plain('locale', 'the latest locale', 'used a locale'),
  timezone: plain('timezone', 'the latest time zone', 'was in a time zone'),
  country: plain('location.country', 'the latest country', 'was in a country'),
  region: plain('location.region', 'the latest region', 'was in a region'),
  city: plain('location.city', 'the latest city', 'was in a city'),
}

/** What contexts say of the field, as the column `value` of a ClickHouse query over these rows of `events`; empty where they say nothing. */
export function contextValuesToSql(field: ContextField, rows: string): SqlQuery {
  const builder = makeSqlBuilder(() => '0', { context: bareContext, now: 0, merges: false, asMaps: false })
  const value = fieldReaders[field].toSql(builder)
  const columns = [...builder.eventColumns].map(([expression, name]) => `${expression} as ${name}`)
  return { sql: `select ${[...columns, `${value} as value`].join(', ')} from (select context from ${rows})`, params: builder.params }
}
