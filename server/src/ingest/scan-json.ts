import { acceptLimits } from '@throughline/contracts'
import { MAX_DEPTH } from './check-json.ts'

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
/** Hashes of the names of all objects around a place, innermost last. One for all, as nothing waits in the middle of a text. */
const hashes = new Int32Array(512)
const MAX_DIGITS = 15

/**
 * A reader that finds where the values of a JSON text stand, without making anything of them. A value is *plain* when its
 * text is, sign for sign, what `JSON.stringify(JSON.parse(text))` would give, and sound (see `isSound`): such a text
 * is stored as it came. Everything else is left to `JSON.parse`, so what is unusual costs time and nothing more.
 *
 * Not plain: white space between values, `\u` and `\/`, names with a dot, an escape or a digit at the front, `__proto__`,
 * a name twice in an object, numbers of more than 15 digits, with an exponent or written in another way than JavaScript does.
 */
export class JsonScanner {
  readonly text: string
  readonly bytes: Buffer
  /** Whether a place in the bytes is the same place in the text. */
  readonly #ascii: boolean
  /** Where the scanner stands. */
  at = 0
  /** Whether everything passed so far was plain; set it to true in front of a value. */
  plain = true
  /** How many names of the objects around this place are noted in `hashes`. */
  names = 0

  /** @param bytes the text in UTF-8: in them a sign is found several times faster */
  constructor(text: string, bytes: Buffer) {
    this.text = text
    this.bytes = bytes
    this.#ascii = bytes.length === text.length
  }

  /** The text between two places. */
  slice(from: number, to: number): string {
    return this.#ascii ? this.text.slice(from, to) : this.bytes.toString('utf8', from, to)
  }

  /** The code of the sign here; undefined at the end. */
  peek(): number | undefined {
    return this.bytes[this.at]
  }

  /** Whether the signs between two places are these. */
  isWord(word: string, from: number, to: number): boolean {
    if (to - from !== word.length) return false
    for (let at = 0; at < word.length; at++) if (this.bytes[from + at] !== word.charCodeAt(at)) return false
    return true
  }

  /** Passes white space. */
  skipSpace(): void {
    for (;;) {
      const code = this.bytes[this.at]!
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at++
      this.plain = false
    }
  }

  /** Passes one sign. @throws NotJson when it is another */
  pass(code: number): void {
    if (this.bytes[this.at] !== code) throw notJson
    this.at++
  }

  /** Passes a value that begins here. @throws NotJson when none does; whoever calls lets `JSON.parse` say why */
  skipValue(depth: number): void {
    const code = this.bytes[this.at]!
    if (code === QUOTE) this.skipString()
    else if (code === MINUS || (code >= ZERO && code <= NINE)) this.skipNumber()
    else if (code === BRACE) this.skipObject(depth, null)
    else if (code === BRACKET) this.skipList(depth)
    else if (this.isWord('true', this.at, this.at + 4) || this.isWord('null', this.at, this.at + 4)) this.at += 4
    else if (this.isWord('false', this.at, this.at + 5)) this.at += 5
    else throw notJson
  }

  /** Passes a string that begins here, and answers whether it holds no escapes. */
  skipString(): boolean {
    const { bytes } = this
    let bare = true
    for (let at = this.at + 1; ; at++) {
      const code = bytes[at]!
      if (code === QUOTE) {
        this.at = at + 1
        return bare
      }
      if (code === BACKSLASH) {
        bare = false
        if (!usual.has(bytes[++at]!)) this.plain = false
      } else if (!(code >= 32)) throw notJson
    }
  }

  skipNumber(): void {
    const from = this.at
    let at = this.bytes[from] === MINUS ? from + 1 : from
    const start = at
    let code = this.bytes[at]!
    while (code >= ZERO && code <= NINE) code = this.bytes[++at]!
    const whole = at - start
    // A leading zero, and a zero or a very small number with a sign or many zeros, are written in another way.
    let plain = whole > 0 && (this.bytes[start] !== ZERO || whole === 1)
    let fraction = 0
    if (code === DOT) {
      code = this.bytes[++at]!
      const first = at
      while (code >= ZERO && code <= NINE) code = this.bytes[++at]!
      fraction = at - first
      plain &&= fraction > 0 && this.bytes[at - 1] !== ZERO && fraction <= 6
    } else if (start !== from && this.bytes[start] === ZERO) plain = false
    if (code === 101 || code === 69 || code === MINUS || code === 43) {
      plain = false
      while ((code >= ZERO && code <= NINE) || code === 101 || code === 69 || code === MINUS || code === 43 || code === DOT)
        code = this.bytes[++at]!
    }
    if (!plain || whole + fraction > MAX_DIGITS) this.plain = false
    this.at = at
  }

  skipList(depth: number): void {
    if (depth > MAX_DEPTH) throw notJson
    this.at++
    this.skipSpace()
    if (this.bytes[this.at] === BRACKET_END) {
      this.at++
      return
    }
    for (;;) {
      this.skipSpace()
      this.skipValue(depth + 1)
      this.skipSpace()
      const code = this.bytes[this.at++]!
      if (code === BRACKET_END) return
      if (code !== COMMA) throw notJson
    }
  }

  /** Passes the members of an object; `visit` stands at a value whose name lies between the two places, and passes it. */
  skipObject(depth: number, visit: ((from: number, to: number) => void) | null): void {
    if (depth > MAX_DEPTH) throw notJson
    this.pass(BRACE)
    this.skipSpace()
    if (this.bytes[this.at] === BRACE_END) {
      this.at++
      return
    }
    const first = this.names
    for (;;) {
      this.skipSpace()
      if (this.bytes[this.at] !== QUOTE) throw notJson
      const from = this.at + 1
      this.skipName(first)
      const to = this.at - 1
      this.skipSpace()
      this.pass(COLON)
      this.skipSpace()
      if (visit === null) this.skipValue(depth + 1)
      else visit(from, to)
      this.skipSpace()
      const code = this.bytes[this.at++]!
      if (code === BRACE_END) break
      if (code !== COMMA) throw notJson
    }
    this.names = first
  }

  /** Passes a name, and looks whether this object has it already: by its hash, since a chance collision only costs time. */
  skipName(first: number): void {
    const { bytes } = this
    const from = this.at + 1
    let hash = 0
    let at = from
    let plain = true
    for (; ; at++) {
      const code = bytes[at]!
      if (code === QUOTE) break
      if (!(code >= 32)) throw notJson
      if (code === BACKSLASH) {
        plain = false
        at++
      } else if (code === DOT) plain = false
      hash = (Math.imul(hash, 31) + code) | 0
    }
    this.at = at + 1
    const code = this.bytes[from]!
    if (at === from || at - from > acceptLimits.nameLength || (code >= ZERO && code <= NINE)) plain = false
    if (code === 95 && this.isWord('__proto__', from, at)) plain = false
    for (let place = first; place < this.names; place++) if (hashes[place] === hash) plain = false
    if (this.names === hashes.length) plain = false
    else hashes[this.names++] = hash
    if (!plain) this.plain = false
  }
}
