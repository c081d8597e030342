import type { SqlBuilder } from '../sql-builder.ts'

export type Scalar = string | number | boolean

/** Whether the JSON text holds a text. */
export const isText = (json: string): string => `JSONType(${json}) = 'String'`
export const isNumber = (json: string): string => `JSONType(${json}) in ('Int64', 'UInt64', 'Double')`
export const textOf = (json: string): string => `JSONExtractString(${json})`
export const numberOf = (json: string): string => `JSONExtractFloat(${json})`

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
