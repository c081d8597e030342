/** What a server answered: all lines up to one whose code is not followed by a dash (RFC 5321, 4.2.1). */
export interface Reply {
  readonly code: number
  /** The lines with their codes. Put together when it is asked for, since nobody asks for that of a yes. */
  readonly text: string
}

/** Longer answers than this are no SMTP. */
const LONGEST_REPLY = 64 * 1024

/**
 * Puts replies together from what comes in, however it is cut.
 * @param giveUp is called for what is no reply; nothing is heard afterwards
 */
export function makeReplyReader(hear: (reply: Reply) => void, giveUp: () => void): (chunk: Buffer) => void {
  let pending: Buffer | null = null
  let isOver = false
  return (chunk) => {
    if (isOver) return
    const bytes = pending === null ? chunk : Buffer.concat([pending, chunk])
    let begin = 0
    let line = 0
    for (let end = bytes.indexOf(LF, line); end >= 0; end = bytes.indexOf(LF, line)) {
      const start = line
      line = end + 1
      const length = bytes[end - 1] === CR && end > start ? end - 1 - start : end - start
      if (length === 0) continue
      const code = length < 3 ? -1 : codeAt(bytes, start)
      const next = length === 3 ? SPACE : bytes[start + 3]
      if (code < 0 || (next !== SPACE && next !== DASH)) {
        isOver = true
        return giveUp()
      }
      if (next === DASH) continue
      const said = bytes.subarray(begin, end)
      begin = line
      hear(new HeardReply(code, said))
    }
    pending = begin === bytes.length ? null : bytes.subarray(begin)
    if (pending !== null && pending.length > LONGEST_REPLY) {
      isOver = true
      giveUp()
    }
  }
}

class HeardReply implements Reply {
  readonly code: number
  readonly #bytes: Buffer

  constructor(code: number, bytes: Buffer) {
    this.code = code
    this.#bytes = bytes
  }

  get text(): string {
    return this.#bytes
      .toString('utf8')
      .split(/\r?\n/)
      .map((line) => line.replace(/\r$/, ''))
      .filter((line) => line !== '')
      .join('\n')
  }
}

const LF = 10
const CR = 13
const SPACE = 32
const DASH = 45

/** The number that three digits stand for, or -1. */
function codeAt(bytes: Buffer, at: number): number {
  let code = 0
  for (let index = at; index < at + 3; index++) {
    const digit = (bytes[index] ?? 0) - 48
    if (digit < 0 || digit > 9) return -1
    code = code * 10 + digit
  }
  return code
}
