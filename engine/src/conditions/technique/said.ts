import { saysTime, type EverFields, type JsonObject } from '@throughline/contracts'
import { shortKey } from '../../hash.ts'
import { lookUp } from '../../table.ts'
import { isPending, type CompiledCondition, type Compiler, type Leaf, type Occurrence, type View } from '../behaviour.ts'
import { makeOccurrences } from '../event.ts'
import { latestToSql } from '../latest-sql.ts'
import { makeLatestWord, wordIn } from '../latest-word.ts'
import { countAt, isOccurrences, nextFlipAt } from '../occurrences.ts'
import { selectionToSql } from '../selection.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { anchorToSql, compileWindow, describeWindow, sayWhenWindowMoves, traitsOf, windowFor, windowToSql } from '../window.ts'

/*
 * What events say by the way, in their context: the latest word, or whether one of all that were said passes. An event that says
 * nothing of it changes nothing.
 */
/** One thing that contexts tell of, as a text; an empty one where they say nothing of it. */
export interface Told {
  /** Tells it from others, for the keys of memories. */
  readonly key: readonly string[]
  read(context: JsonObject): string
  /** The same as a ClickHouse expression over one event. */
  toSql(sql: SqlBuilder): string
}

/** What is asked of the word. */
export interface Asked {
  /** Tells it from others, where each word is asked as it comes. */
  readonly key: string
  test(word: string | undefined, now: number): boolean
  /** When the answer about this word changes by time alone; `null`: never does. */
  readonly nextChangeAt: ((word: string | undefined, now: number) => number | null) | null
  /** The same over a word that may be empty, at the instant `clock`. */
  toSql(word: string, clock: string, sql: SqlBuilder): string
}

/** All that people do, without what Throughline says of itself. */
const anything = { event: '*' }

export function compileSaid(when: EverFields, told: Told, asked: Asked, compiler: Compiler): CompiledCondition {
  return saysTime(when) ? compileEver(when, told, asked, compiler) : compileLatest(told, asked, compiler)
}

/** The latest word of it that was said of somebody, `undefined` where none was; null while their history is still being read. */
export function compileLatestSaid(
  told: Pick<Told, 'key' | 'read'>,
  compiler: Compiler,
): { readonly leaf: Leaf; word(view: View): string | undefined | null } {
  const memoryKey = shortKey(JSON.stringify(['context', ...told.key]))
  const leaf = compiler.leaf(memoryKey, { keep: 1, within: undefined }, () => ({
    ...makeLatestWord(memoryKey, [anything.event], ({ event }) => (event === undefined ? null : told.read(event.context) || null)),
    readsContext: true,
  }))
  const { key } = leaf
  return { leaf, word: (view) => (isPending(view, key) ? null : wordIn(lookUp(view.memories, memoryKey))) }
}

function compileLatest(told: Told, { test, nextChangeAt }: Asked, compiler: Compiler): CompiledCondition {
  const { leaf, word } = compileLatestSaid(told, compiler)
  return {
    leaves: [leaf],
    traits: [],
    timed: nextChangeAt !== null,
    value(view, now) {
      const said = word(view)
      return said === null ? 'pending' : test(said, now)
    },
    nextChangeAt: nextChangeAt === null ? () => null : (view, now) => nextChangeAt(word(view) ?? undefined, now),
  }
}

/** Each word is asked when it comes, so that the time of the latest that passed is all there is to keep. */
function compileEver(when: EverFields, told: Told, asked: Asked, compiler: Compiler): CompiledCondition {
  const window = compileWindow(when, compiler.context)
  const memoryKey = shortKey(JSON.stringify(['context-ever', ...told.key, asked.key, ...(window.key ?? [])]))
  const matches = ({ event, at }: Occurrence): boolean => {
    const word = event === undefined ? '' : told.read(event.context)
    return word !== '' && asked.test(word, at)
  }
  const leaf = compiler.leaf(memoryKey, { keep: 1, within: window.within }, () => ({
    ...makeOccurrences(memoryKey, { eventNames: [anything.event], matches }, window),
    readsContext: true,
  }))
  const { key } = leaf
  return {
    leaves: [leaf],
    traits: traitsOf(window),
    timed: window.timed,
    value(view, now) {
      if (isPending(view, key)) return 'pending'
      const state = lookUp(view.memories, memoryKey)
      return isOccurrences(state) && countAt(state, now, windowFor(window, view)) > 0
    },
    nextChangeAt(view, now) {
      const state = lookUp(view.memories, memoryKey)
      return isOccurrences(state) ? nextFlipAt(state, { op: 'at-least', n: 1 }, now, windowFor(window, view)) : null
    },
  }
}

export function saidToSql(when: EverFields, told: Told, asked: Asked, sql: SqlBuilder): string {
  const { name } = selectionToSql(anything, sql)
  const word = sql.perEvent(told.toSql(sql))
  if (!saysTime(when)) {
    const says = `${word} != '' and ${name}`
    sql.reads(says)
    return asked.toSql(latestToSql(word, says, sql), '{now:Int64}', sql)
  }
  const window = windowToSql(when, sql)
  sql.reads([name, ...window.rows, `${word} != ''`].join(' and '))
  const passes = sql.perEvent([name, ...window.parts, `${word} != ''`, asked.toSql(word, 'at', sql)].join(' and '))
  const happened = `${sql.column(`countIf(${passes})`)} > 0`
  const anchor = anchorToSql(when, sql)
  return anchor === undefined ? happened : `(${happened} and ${sql.column(`maxIf(at, ${passes})`)} >= ${anchor})`
}

/** A sentence of what was said last, or of what was said once: `ever used …`, `used … in the last 30 days`. */
export function describeSaid(when: EverFields, latest: string, once: string): string {
  if (!saysTime(when)) return latest
  return when.ever === true ? `ever ${once}` : `${once}${describeWindow(when)}`
}

export function exactnessOfSaid(when: EverFields): string {
  return saysTime(when)
    ? `Keeps when it was last said so; exact. ${sayWhenWindowMoves(when)}`
    : 'Keeps the latest that was said of it; exact.'
}
