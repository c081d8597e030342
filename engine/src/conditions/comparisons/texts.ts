import { RE2JS } from 're2js'
import type { ComparisonOf, Problem } from '@throughline/contracts'
import { timeless, type ComparisonBehaviour, type ComparisonRegistry } from './behaviour.ts'
import { isText, textOf } from './sql-values.ts'
import { say } from './words.ts'

/*
 * Texts compare by their characters; what is no text is not like one. Without regard to case means: both in small letters, as
 * Unicode makes them for no language in particular ("İ" becomes "i̇").
 * Patterns are RE2, found anywhere in the text; a dot stands for line breaks too, as in ClickHouse.
 */
type TextOp = 'contains' | 'begins' | 'ends'

function textual(
  test: (given: string, value: string) => boolean,
  toSql: (given: string, value: string) => string,
  words: string,
): ComparisonBehaviour<ComparisonOf<TextOp>> {
  return {
    compile({ value, ignoreCase }) {
      if (ignoreCase !== true) return timeless((given) => typeof given === 'string' && test(given, value))
      const small = value.toLowerCase()
      return timeless((given) => typeof given === 'string' && test(given.toLowerCase(), small))
    },
    toSql({ value, ignoreCase }, { json }, sql) {
      const given = ignoreCase === true ? `lowerUTF8(${textOf(json)})` : textOf(json)
      return `(${isText(json)} and ${toSql(given, sql.parameter('String', ignoreCase === true ? value.toLowerCase() : value))})`
    },
    describe: ({ value, ignoreCase }) => `${words} ${say(value)}${ignoreCase === true ? ' in any case' : ''}`,
  }
}

/** Instructions of a compiled pattern; ClickHouse compiles one at a time within a fixed memory. */
const mostInstructions = 2_000
/** A Unicode class (`\pL`) takes some thousand times the place of a letter there. */
const mostWithClasses = 80

/** A pattern as the engine matches it. Throws an error that names the fault for what RE2 does not know. */
function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(pattern, RE2JS.DOTALL)
}

function findFault(pattern: string): string | null {
  try {
    const most = /\\[pP]/.test(pattern) ? mostWithClasses : mostInstructions
    return compilePattern(pattern).programSize() > most ? 'it is too large: repeat less, or write fewer alternatives' : null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '').replace('(?s)', '') : String(error)
  }
}

const matches: ComparisonBehaviour<ComparisonOf<'matches'>> = {
  compile({ pattern }) {
    // Definitions published by an earlier version may hold what is refused now: nothing matches that.
    if (findFault(pattern) !== null) return timeless(() => false)
    const compiled = compilePattern(pattern)
    return timeless((given) => typeof given === 'string' && compiled.test(given))
  },
  toSql: ({ pattern }, { json }, sql) =>
    findFault(pattern) === null ? `(${isText(json)} and match(${textOf(json)}, ${sql.parameter('String', pattern)}))` : '0',
  describe: ({ pattern }) => `matches the pattern ${pattern}`,
  problem({ pattern }): Problem | null {
    const fault = findFault(pattern)
    if (fault === null) return null
    return {
      field: 'pattern',
      value: pattern,
      allowed: 'an RE2 pattern, such as "^[A-Z]{2}[0-9]+$"; it has no look-ahead and no back-references',
      message: `"${pattern}" is not a pattern: ${fault}`,
    }
  },
}

export const textComparisons: Pick<ComparisonRegistry, TextOp | 'matches'> = {
  contains: textual(
    (given, value) => given.includes(value),
    (given, value) => `position(${given}, ${value}) > 0`,
    'contains',
  ),
  begins: textual(
    (given, value) => given.startsWith(value),
    (given, value) => `startsWith(${given}, ${value})`,
    'begins with',
  ),
  ends: textual(
    (given, value) => given.endsWith(value),
    (given, value) => `endsWith(${given}, ${value})`,
    'ends with',
  ),
  matches,
}
