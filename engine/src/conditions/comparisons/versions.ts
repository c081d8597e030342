import type { ComparisonOf } from '@throughline/contracts'
import { timeless, type ComparisonBehaviour, type ComparisonRegistry } from './behaviour.ts'
import { bind, isText, textOf } from './sql-values.ts'

/*
 * Versions of programs: up to four numbers with dots at the beginning of a text, a "v" before them ignored, as is whatever
 * comes behind ("4.12.0-beta 3" is 4.12.0). Numbers that are not there are 0. A text that begins otherwise, and what is no
 * text, is no version, and neither at least nor less than one.
 */
const shape = '^[vV]?([0-9]{1,9}(?:[.][0-9]{1,9}){0,3})'
const begins = new RegExp(shape)

function readVersion(text: string): readonly number[] | null {
  const found = begins.exec(text)?.[1]?.split('.').map(Number)
  return found === undefined ? null : found
}

function order(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 4; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

type VersionOp = 'version-at-least' | 'version-less'

function versions(passes: (order: number) => boolean, operator: string, words: string): ComparisonBehaviour<ComparisonOf<VersionOp>> {
  return {
    compile({ version }) {
      const asked = readVersion(version) ?? []
      return timeless((given) => {
        const read = typeof given === 'string' ? readVersion(given) : null
        return read !== null && passes(order(read, asked))
      })
    },
    toSql({ version }, { json }, sql) {
      const asked = [...(readVersion(version) ?? []), 0, 0, 0].slice(0, 4)
      return `(${isText(json)} and ${bind(
        sql,
        `extractGroups(${textOf(json)}, ${sql.parameter('String', shape)})`,
        (groups) =>
          `notEmpty(${groups}) and arrayResize(arrayMap(part -> toInt64OrZero(part), splitByChar('.', ${groups}[1])), 4, toInt64(0)) ${operator} [${asked.map((part) => `toInt64(${part})`).join(', ')}]`,
      )})`
    },
    describe: ({ version }) => `${words} ${version}`,
  }
}

export const versionComparisons: Pick<ComparisonRegistry, VersionOp> = {
  'version-at-least': versions((found) => found >= 0, '>=', 'is at least version'),
  'version-less': versions((found) => found < 0, '<', 'is a version before'),
}
