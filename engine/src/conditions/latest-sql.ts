import type { SqlBuilder } from './sql-builder.ts'

/**
 * The word of the latest event of which `rows` holds (of the first, if so asked), of two at one instant the one that is greater
 * (smaller) by its bytes; empty where there is none. Time and word are one text of which the greatest is kept: ClickHouse
 * compares texts as bytes, where tuples of them cost twice the time and ten times the memory.
 * @param word an expression over one event
 * @param at an expression of its time, epoch ms
 */
export function latestToSql(word: string, rows: string, sql: SqlBuilder, at = 'at', which: 'last' | 'first' = 'last'): string {
  // Eight bytes, the highest first, with the sign turned so that times before 1970 come before those after it.
  const time = `reinterpretAsFixedString(byteSwap(bitXor(reinterpretAsUInt64(toInt64(${at})), 9223372036854775808)))`
  const both = sql.perEvent(`concat(${time}, ${word})`)
  return sql.column(`substring(${which === 'last' ? 'maxIf' : 'minIf'}(${both}, ${rows}), 9)`)
}
