import { valueAt, type ContextField, type JsonObject } from '@throughline/contracts'
import { browserRules, deviceRules, osRules, readBy, rulesToSql } from './user-agent.ts'

/** Where a field is read in the context of an event: a text, an empty one where it says nothing. */
interface FieldReader {
  read(context: JsonObject): string
  /** The same as a ClickHouse expression over the column `context`. */
  readonly sql: string
  /** The field in a sentence. */
  readonly words: string
}

const textAt = (context: JsonObject, path: string): string => {
  const value = valueAt(context, path)
  return typeof value === 'string' ? value : ''
}
const sqlAt = (path: string): string => {
  const keys = path
    .split('.')
    .map((key) => `'${key}'`)
    .join(', ')
  return `if(JSONType(context, ${keys}) = 'String', JSONExtractString(context, ${keys}), '')`
}

const plain = (path: string, words: string): FieldReader => ({ read: (context) => textAt(context, path), sql: sqlAt(path), words })

const agent = 'userAgent'
/** Phones tell their kind and system themselves; of browsers the user agent is read. */
const known = (path: string, rules: typeof osRules, words: string): FieldReader => ({
  read: (context) => textAt(context, path) || (readBy(rules, textAt(context, agent)) ?? ''),
  sql: `if(${sqlAt(path)} != '', ${sqlAt(path)}, ${rulesToSql(rules, sqlAt(agent))})`,
  words,
})

export const fieldReaders: { readonly [F in ContextField]: FieldReader } = {
  device: {
    read: (context) => readBy(deviceRules, textAt(context, agent)) ?? '',
    sql: rulesToSql(deviceRules, sqlAt(agent)),
    words: 'the latest device',
  },
  os: known('os.name', osRules, 'the latest system'),
  browser: {
    read: (context) => readBy(browserRules, textAt(context, agent)) ?? '',
    sql: rulesToSql(browserRules, sqlAt(agent)),
    words: 'the latest browser',
  },
  app: plain('app.name', 'the latest app'),
  'app-version': plain('app.version', 'the version of the app'),
  language: {
    read: (context) => /^[A-Za-z]{2,3}/.exec(textAt(context, 'locale'))?.[0].toLowerCase() ?? '',
    sql: `lower(extract(${sqlAt('locale')}, '^[A-Za-z]{2,3}'))`,
    words: 'the latest language',
  },
  locale: plain('locale', 'the latest locale'),
  timezone: plain('timezone', 'the latest time zone'),
  country: plain('location.country', 'the latest country'),
  region: plain('location.region', 'the latest region'),
  city: plain('location.city', 'the latest city'),
}
