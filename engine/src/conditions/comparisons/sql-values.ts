import type { SqlBuilder } from '../sql-builder.ts'

export type Scalar = string | number | boolean

// JSON texts come without white space, so the first character says what they hold; parsing each would take most of a query's time.
/** Whether the JSON text holds a text. */
export const isText = (json: string): string => `ascii(${json}) = 34`
export const isNumber = (json: string): string => `(ascii(${json}) between 48 and 57 or ascii(${json}) = 45)`
export const textOf = (json: string): string => `JSONExtractString(${json})`
export const numberOf = (json: string): string => `toFloat64OrZero(${json})`

/** Whether the JSON text holds this value, of this type. */
export function equalsSql(value: Scalar, json: string, sql: SqlBuilder): string {
  if (typeof value === 'string') return `(${isText(json)} and ${textOf(json)} = ${sql.parameter('String', value)})`
  if (typeof value === 'number') return `(${isNumber(json)} and ${numberOf(json)} = ${sql.parameter('Float64', value)})`
  return `${json} = ${sql.parameter('String', String(value))}`
}

/** Computes an expression once and gives its name to another, which may use it often. */
export function bind(sql: SqlBuilder, expression: string, body: (name: string) => string): string {
  const name = sql.variable(expression)
  return `arrayMap(${name} -> ${body(name)}, [${expression}])[1]`
}
