import { acceptLimits } from '@throughline/contracts'
import { MAX_DEPTH } from './check-json.ts'

/**
 * A reader that finds where the values of a JSON text stand, without making anything of them. A value is *plain* when its
 * text is, sign for sign, what `JSON.stringify(JSON.parse(text))` would give, and sound (see `isSound`): such a text
 * is stored as it came. Everything else is left to `JSON.parse`, so what is unusual costs time and nothing more.
 *
 * Not plain: white space between values, `\u` and `\/`, names with a dot, an escape or a digit at the front, `__proto__`,
 * a name twice in an object, numbers of more than 15 digits, with an exponent or written in another way than JavaScript does.
 */
export interface JsonScanner {
  /** Where the scanner stands. */
  at: number
  /** Whether everything passed so far was plain; set it to true in front of a value. */
  plain: boolean
  /** The code of the sign here; NaN at the end. */
  peek(): number
  /** Passes white space. */
  skipSpace(): void
  /** Passes one sign. @throws NotJson when it is another */
  pass(code: number): void
  /** Passes a value that begins here. @throws NotJson when none does; whoever calls lets `JSON.parse` say why */
  skipValue(depth: number): void
  /** Passes a string that begins here, and answers whether it holds no escapes. */
  skipString(): boolean
  /** Passes the members of an object; `visit` stands at a value whose name lies between the two places, and passes it. */
  skipObject(depth: number, visit: ((from: number, to: number) => void) | null): void
  /** Whether the signs from a place on are these. */
  isWord(word: string, from: number, to: number): boolean
}

export class NotJson extends Error {}
const notJson = new NotJson('not JSON')

const QUOTE = 34,
  COMMA = 44,
  MINUS = 45,
  DOT = 46,
  ZERO = 48,
  NINE = 57,
  COLON = 58,
  BRACKET = 91,
  BACKSLASH = 92,
  BRACKET_END = 93,
  BRACE = 123,
  BRACE_END = 125
/** `"\bfnrt`: the escapes that `JSON.stringify` writes itself. */
const usual = new Set([QUOTE, BACKSLASH, 98, 102, 110, 114, 116])
const MAX_NAMES = 256
const MAX_DIGITS = 15

/** A scanner at the beginning of a text. */
export function scanJson(text: string): JsonScanner {
  const names: number[] = []
  const scanner: JsonScanner = {
    at: 0,
    plain: true,
    peek: () => text.charCodeAt(scanner.at),
    skipSpace,
    pass,
    skipValue,
    skipString,
    skipObject,
    isWord: (word, from, to) => to - from === word.length && text.startsWith(word, from),
  }
  return scanner

  function skipSpace(): void {
    for (;;) {
      const code = text.charCodeAt(scanner.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      scanner.at++
      scanner.plain = false
    }
  }

  function pass(code: number): void {
    if (text.charCodeAt(scanner.at) !== code) throw notJson
    scanner.at++
  }

  function skipValue(depth: number): void {
    const code = text.charCodeAt(scanner.at)
    if (code === QUOTE) skipString()
    else if (code === MINUS || (code >= ZERO && code <= NINE)) skipNumber()
    else if (code === BRACE) skipObject(depth, null)
    else if (code === BRACKET) skipList(depth)
    else if (text.startsWith('true', scanner.at) || text.startsWith('null', scanner.at)) scanner.at += 4
    else if (text.startsWith('false', scanner.at)) scanner.at += 5
    else throw notJson
  }

  function skipString(): boolean {
    let bare = true
    for (let at = scanner.at + 1; ; at++) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) {
        scanner.at = at + 1
        return bare
      }
      if (code === BACKSLASH) {
        bare = false
        if (!usual.has(text.charCodeAt(++at))) scanner.plain = false
      } else if (!(code >= 32)) throw notJson
    }
  }

  function skipNumber(): void {
    const from = scanner.at
    let at = text.charCodeAt(from) === MINUS ? from + 1 : from
    const start = at
    let code = text.charCodeAt(at)
    while (code >= ZERO && code <= NINE) code = text.charCodeAt(++at)
    const whole = at - start
    // A leading zero, and a zero or a very small number with a sign or many zeros, are written in another way.
    let plain = whole > 0 && (text.charCodeAt(start) !== ZERO || whole === 1)
    let fraction = 0
    if (code === DOT) {
      code = text.charCodeAt(++at)
      const first = at
      while (code >= ZERO && code <= NINE) code = text.charCodeAt(++at)
      fraction = at - first
      plain &&= fraction > 0 && text.charCodeAt(at - 1) !== ZERO && fraction <= 6
    } else if (start !== from && text.charCodeAt(start) === ZERO) plain = false
    if (code === 101 || code === 69 || code === MINUS || code === 43) {
      plain = false
      while ((code >= ZERO && code <= NINE) || code === 101 || code === 69 || code === MINUS || code === 43 || code === DOT)
        code = text.charCodeAt(++at)
    }
    if (!plain || whole + fraction > MAX_DIGITS) scanner.plain = false
    scanner.at = at
  }

  function skipList(depth: number): void {
    if (depth > MAX_DEPTH) throw notJson
    scanner.at++
    skipSpace()
    if (text.charCodeAt(scanner.at) === BRACKET_END) {
      scanner.at++
      return
    }
    for (;;) {
      skipSpace()
      skipValue(depth + 1)
      skipSpace()
      const code = text.charCodeAt(scanner.at++)
      if (code === BRACKET_END) return
      if (code !== COMMA) throw notJson
    }
  }

  function skipObject(depth: number, visit: ((from: number, to: number) => void) | null): void {
    if (depth > MAX_DEPTH) throw notJson
    pass(BRACE)
    skipSpace()
    if (text.charCodeAt(scanner.at) === BRACE_END) {
      scanner.at++
      return
    }
    const first = names.length
    for (;;) {
      skipSpace()
      if (text.charCodeAt(scanner.at) !== QUOTE) throw notJson
      const from = scanner.at + 1
      skipName(first)
      const to = scanner.at - 1
      skipSpace()
      pass(COLON)
      skipSpace()
      if (visit === null) skipValue(depth + 1)
      else visit(from, to)
      skipSpace()
      const code = text.charCodeAt(scanner.at++)
      if (code === BRACE_END) break
      if (code !== COMMA) throw notJson
    }
    names.length = first
  }

  /** Passes a name, and looks whether this object has it already: by its hash, since a chance collision only costs time. */
  function skipName(first: number): void {
    const from = scanner.at + 1
    let hash = 0
    let at = from
    let plain = true
    for (; ; at++) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (!(code >= 32)) throw notJson
      if (code === BACKSLASH) {
        plain = false
        at++
      } else if (code === DOT) plain = false
      hash = (Math.imul(hash, 31) + code) | 0
    }
    scanner.at = at + 1
    const code = text.charCodeAt(from)
    if (at === from || at - from > acceptLimits.nameLength || (code >= ZERO && code <= NINE)) plain = false
    if (code === 95 && text.startsWith('__proto__"', from)) plain = false
    if (names.length - first >= MAX_NAMES) plain = false
    else for (let place = first; place < names.length; place++) if (names[place] === hash) plain = false
    names.push(hash)
    if (!plain) scanner.plain = false
  }
}
