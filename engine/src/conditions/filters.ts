import { valueAt, type EventFilter, type Json, type JsonObject } from '@throughline/contracts'
import type { Occurrence } from './behaviour.ts'
import { compileComparison, comparisonToSql, describeComparison, type Test } from './comparisons/index.ts'
import type { ConditionContext } from './context.ts'
import type { SqlBuilder } from './sql-builder.ts'

/*
 * Filters of the properties of an event. `products[].category` is the category of any of the products: the comparison passes
 * when it does for one of them, and never where there is no list. What is no object has no properties.
 */
/** Whether an event passes, by its properties alone. */
type Filter = (occurrence: Occurrence) => boolean
/** Whether an object passes, at the instant of its event. */
type ObjectTest = (data: JsonObject, at: number) => boolean

/** All filters together, without the event's name; `null` when there are none. */
export function compileFilters(where: readonly EventFilter[] | undefined, context: ConditionContext): Filter | null {
  if (where === undefined || where.length === 0) return null
  const test = compileAll(where, context)
  return ({ properties, at }) => test(properties, at)
}

/** Whether an object passes all filters at an instant, as the properties of an event would. */
export function compileObjectTest(where: readonly EventFilter[], context: ConditionContext): ObjectTest {
  return compileAll(where, context)
}

function compileAll(where: readonly EventFilter[], context: ConditionContext): ObjectTest {
  const tests = where.map((filter) => compileOne(filter, context))
  const [only] = tests
  return tests.length === 1 && only !== undefined ? only : (data, at) => tests.every((test) => test(data, at))
}

function compileOne(filter: EventFilter, context: ConditionContext): ObjectTest {
  switch (filter.kind) {
    case undefined:
    case 'property':
      return compileProperty(filter.property, compileComparison(filter.compare, context).test)
    case 'all':
      return compileAll(filter.of, context)
    case 'any': {
      const tests = filter.of.map((part) => compileOne(part, context))
      return (data, at) => tests.some((test) => test(data, at))
    }
    case 'not': {
      const test = compileOne(filter.of, context)
      return (data, at) => !test(data, at)
    }
    case 'some': {
      const test = compileAll(filter.where, context)
      return compileElements(`${filter.in}[]`, (element, at) => test(isObject(element) ? element : nothing, at))
    }
    default:
      return filter satisfies never
  }
}

const nothing: JsonObject = {}

function compileProperty(path: string, test: Test): ObjectTest {
  return path.includes('[]') ? compileElements(path, test) : (data, at) => test(valueAt(data, path), at)
}

/** Whether any value at a path through lists passes. */
function compileElements(path: string, test: Test): ObjectTest {
  const { list, rest } = splitPath(path)
  if (rest === '') {
    return (data, at) => {
      const elements = valueAt(data, list)
      return Array.isArray(elements) && elements.some((element) => test(element, at))
    }
  }
  const inner = compileProperty(rest, test)
  return (data, at) => {
    const elements = valueAt(data, list)
    return Array.isArray(elements) && elements.some((element) => inner(isObject(element) ? element : nothing, at))
  }
}

/** `products[].category` → `products` and `category`. */
function splitPath(path: string): { readonly list: string; readonly rest: string } {
  const at = path.indexOf('[]')
  const rest = path.slice(at + 2)
  return { list: path.slice(0, at), rest: rest.startsWith('.') ? rest.slice(1) : rest }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The filters as ClickHouse expressions over the columns `properties` and `at`; all of them have to hold. */
export function filtersToSql(where: readonly EventFilter[] | undefined, sql: SqlBuilder): readonly string[] {
  return (where ?? []).map((filter) => toSql(filter, 'properties', sql))
}

function toSql(filter: EventFilter, json: string, sql: SqlBuilder): string {
  const join = (of: readonly EventFilter[], by: 'and' | 'or'): string => `(${of.map((part) => toSql(part, json, sql)).join(` ${by} `)})`
  switch (filter.kind) {
    case undefined:
    case 'property':
      return valuesToSql(filter.property, json, sql, (value) => comparisonToSql(filter.compare, { json: value, clock: 'at' }, sql))
    case 'all':
      return join(filter.of, 'and')
    case 'any':
      return join(filter.of, 'or')
    case 'not':
      return `not (${toSql(filter.of, json, sql)})`
    case 'some':
      return valuesToSql(`${filter.in}[]`, json, sql, (element) => filter.where.map((part) => toSql(part, element, sql)).join(' and '))
    default:
      return filter satisfies never
  }
}

function valuesToSql(path: string, json: string, sql: SqlBuilder, body: (value: string) => string): string {
  if (path === '') return body(json)
  if (!path.includes('[]')) return body(sql.jsonAt(json, path))
  const { list, rest } = splitPath(path)
  const elements = `JSONExtractArrayRaw(${sql.jsonAt(json, list)})`
  const element = sql.variable(elements)
  return `arrayExists(${element} -> ${valuesToSql(rest, element, sql, body)}, ${elements})`
}

/** The filters in one form whatever order they were written in, as plain JSON: part of the keys of memories. */
export function normaliseFilters(where: readonly EventFilter[] | undefined): readonly string[] {
  return (where ?? []).map(normalise).sort()
}

function normalise(filter: EventFilter): string {
  switch (filter.kind) {
    case undefined:
    case 'property':
      return JSON.stringify([filter.property, Object.entries(filter.compare).sort(([a], [b]) => (a < b ? -1 : 1))])
    case 'all':
    case 'any':
      return JSON.stringify({ [filter.kind]: normaliseFilters(filter.of) })
    case 'not':
      return JSON.stringify({ not: normalise(filter.of) })
    case 'some':
      return JSON.stringify({ some: filter.in, where: normaliseFilters(filter.where) })
    default:
      return filter satisfies never
  }
}

/** `category is shoes and price is at least 50`; empty when there are none. */
export function describeFilters(where: readonly EventFilter[] | undefined): string {
  return (where ?? []).map(describe).join(' and ')
}

function describe(filter: EventFilter): string {
  const join = (of: readonly EventFilter[], by: 'and' | 'or'): string =>
    of.length === 1 ? of.map(describe).join('') : `(${of.map(describe).join(` ${by} `)})`
  switch (filter.kind) {
    case undefined:
    case 'property':
      return `${describePath(filter.property)} ${describeComparison(filter.compare)}`
    case 'all':
      return join(filter.of, 'and')
    case 'any':
      return join(filter.of, 'or')
    case 'not':
      return `not ${join([filter.of], 'and')}`
    case 'some':
      return `one of ${describePath(filter.in)} has ${join(filter.where, 'and')}`
    default:
      return filter satisfies never
  }
}

/** `products[].category` → `category of any of products`. */
function describePath(path: string): string {
  if (!path.includes('[]')) return path
  const { list, rest } = splitPath(path)
  return rest === '' ? `any of ${list}` : `${describePath(rest)} of any of ${list}`
}
