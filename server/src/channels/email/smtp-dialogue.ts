import type { Socket } from 'node:net'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { writeInBurst } from './burst.ts'
import type { Transfer } from './mime.ts'
import { makeReplyReader, type Reply } from './smtp-replies.ts'

/** What a server answered to a command, or why it never will. */
export class SmtpReplyError extends Error {
  readonly command: string
  readonly response?: string
  readonly responseCode?: number
  /** Whether the message was on its way and nothing was said of it: nobody knows whether it was taken. */
  readonly interrupted: boolean
  /** Whether the server had answered anything at all to this message. */
  readonly heard: boolean

  constructor(message: string, command: string, facts: { reply?: Reply; interrupted?: boolean; heard?: boolean } = {}) {
    super(message)
    this.command = command
    this.interrupted = facts.interrupted ?? false
    this.heard = facts.heard ?? facts.reply !== undefined
    if (facts.reply !== undefined) {
      this.response = facts.reply.text
      this.responseCode = facts.reply.code
    }
  }
}

export interface Envelope {
  readonly from: string
  readonly to: string
}

/** The dialogue over a connection that is open, secured and signed in. One message at a time. */
export interface SmtpDialogue {
  /** What the server takes. */
  readonly transfer: Transfer
  /**
   * Hands one message over. Rejects with an {@link SmtpReplyError}: with a response code when the server said no, without one
   * when it is gone.
   * @param raw the message with CRLF line ends, not yet stuffed with dots
   */
  send(envelope: Envelope, raw: Buffer): Promise<void>
  /** Forgets a message that was refused, so that the next one can follow. */
  reset(): Promise<void>
  /** Hangs up at once; what is being handed over rejects. */
  hangUp(): void
}

interface Awaited {
  readonly command: string
  hear(reply: Reply): void
  reject(error: Error): void
}

const CRLF_DOT = Buffer.from('\r\n.', 'latin1')
const END_OF_DATA = Buffer.from('\r\n.\r\n', 'latin1')
/** What a server that announces CHUNKING and does not know the command says to BDAT; all other refusals are about the message. */
const NO_BDAT = new Set([500, 502, 503, 504])
/** Read as a command, it is none; read as the chunk that it is, it is thrown away. */
const PROBE = 'BDAT 12 LAST\r\nNO-COMMAND\r\nRSET\r\n'

/**
 * Takes the dialogue over from nodemailer, which has opened the connection, secured it and signed in: from here on its reader is
 * silent. A message is one packet where the server offers PIPELINING and CHUNKING (RFC 3030: envelope, `BDAT n LAST` and the message as it is),
 * two with PIPELINING alone (RFC 2920: envelope and DATA in one), and no stream; through nodemailer's own `send`, which makes three streams
 * of each message, it costs several times the CPU.
 * @param name what we call ourselves; the server is asked anew what it can, since nodemailer does not tell
 * @param options.chunks whether CHUNKING is used where it is offered. It is tried first, without a message; what goes wrong with
 *   that rejects with the command BDAT, and the caller opens another connection without it
 */
export async function takeDialogue(smtp: SMTPConnection, name: string, options: { readonly chunks: boolean }): Promise<SmtpDialogue> {
  const socket: Socket | false | null = smtp._socket
  if (!socket) throw new SmtpReplyError('The connection is closed.', 'EHLO')
  return speak(socket, name, options.chunks)
}

async function speak(socket: Socket, name: string, mayChunk: boolean): Promise<SmtpDialogue> {
  const awaited: Awaited[] = []
  // Of the message that is being handed over.
  let isUnderWay = false
  let isHeard = false
  const lost = (command: string, why: string): SmtpReplyError =>
    new SmtpReplyError(why, command, { interrupted: isUnderWay, heard: isHeard })
  const gone = (): void => {
    for (const { command, reject } of awaited.splice(0)) reject(lost(command, 'The connection was closed.'))
  }
  const hangUp = (): void => {
    socket.destroy()
    gone()
  }
  // Nobody waits for the answer to QUIT, nor for what a server says before it hangs up by itself.
  const reader = makeReplyReader((reply) => {
    const next = awaited.shift()
    if (next === undefined) return hangUp()
    isHeard = true
    next.hear(reply)
  }, hangUp)
  socket.removeAllListeners('data')
  socket.on('data', reader)
  socket.once('close', gone)
  socket.setNoDelay(true)

  function ask(command: string, line: string, isYes: (code: number) => boolean): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(lost(command, 'The connection is closed.'))
      awaited.push({
        command,
        hear: (reply) => (isYes(reply.code) ? resolve(reply) : reject(refusal(command, reply))),
        reject,
      })
      socket.write(line)
    })
  }

  // A server that knows HELO alone, or hears it once only, offers nothing.
  const hello = await ask('EHLO', `EHLO ${name}\r\n`, () => true)
  const offers = new Map(
    (isDone(hello.code) ? hello.text : '').split('\n').map((line) => {
      const [, keyword = '', value = ''] = /^250[ -](\S+)(?: (\S+))?/.exec(line) ?? []
      return [keyword.toUpperCase(), value]
    }),
  )
  const isPipelined = offers.has('PIPELINING')
  const limit = Number(offers.get('SIZE') ?? 0) || Infinity
  const body = offers.has('8BITMIME') ? ' BODY=8BITMIME' : ''
  let isChunked = mayChunk && isPipelined && offers.has('CHUNKING') && (await throwsChunksAway())

  // A server has to read a chunk also where it refuses it (RFC 3030, 2). One that does not takes the lines of a message for commands,
  // as soon as an address is refused: whoever has a say in the text could send in our name. So none is trusted untried.
  function throwsChunksAway(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(lost('BDAT', 'The connection is closed.'))
      const toReset: Awaited = { command: 'BDAT', hear: () => resolve(false), reject }
      awaited.push(
        { command: 'BDAT', hear: () => undefined, reject },
        // Where this is no yes, it was about the chunk, and the answer to RSET is still to come.
        { command: 'BDAT', hear: (reply) => (isDone(reply.code) ? resolve(true) : awaited.push(toReset)), reject },
      )
      socket.write(PROBE)
    })
  }

  function mailLine({ from, to }: Envelope, raw: Buffer): string {
    return `MAIL FROM:<${from}>${offers.has('SIZE') ? ` SIZE=${raw.length}` : ''}${body}\r\nRCPT TO:<${to}>\r\n`
  }

  function sendChunk(envelope: Envelope, raw: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(lost('MAIL FROM', 'The connection is closed.'))
      let isRefused = false
      // The first refusal says why, and is all there is to know: the chunk that follows it is thrown away, whatever is said of that.
      const demand = (command: string) => (reply: Reply) => {
        if (isRefused || isDone(reply.code)) return
        isRefused = true
        reject(refusal(command, reply))
      }
      awaited.push(
        { command: 'MAIL FROM', hear: demand('MAIL FROM'), reject },
        { command: 'RCPT TO', hear: demand('RCPT TO'), reject },
        {
          command: 'BDAT',
          hear(reply) {
            if (isRefused) return
            isUnderWay = false
            if (isDone(reply.code)) return resolve()
            if (!NO_BDAT.has(reply.code)) return reject(refusal('BDAT', reply))
            isChunked = false
            resolve(reset().then(() => sendData(envelope, raw)))
          },
          reject,
        },
      )
      isUnderWay = true
      writeInBurst(socket, Buffer.from(`${mailLine(envelope, raw)}BDAT ${raw.length} LAST\r\n`, 'latin1'), raw)
    })
  }

  function sendData(envelope: Envelope, raw: Buffer): Promise<void> {
    const lines = mailLine(envelope, raw)
    if (!isPipelined) return sendByLine(lines, raw)
    return new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(lost('MAIL FROM', 'The connection is closed.'))
      let refused: SmtpReplyError | null = null
      const demand = (command: string) => (reply: Reply) => {
        if (!isDone(reply.code)) refused ??= refusal(command, reply)
      }
      const lose = (error: Error): void => reject(refused ?? error)
      awaited.push(
        { command: 'MAIL FROM', hear: demand('MAIL FROM'), reject: lose },
        { command: 'RCPT TO', hear: demand('RCPT TO'), reject: lose },
        {
          command: 'DATA',
          hear(reply) {
            const isReadyForIt = isReady(reply.code)
            if (refused === null) return isReadyForIt ? resolve(sendBody(raw)) : reject(refusal('DATA', reply))
            if (!isReadyForIt) return reject(refused)
            // A server that wants the message of nobody all the same gets an empty one, as RFC 2920 says, and refuses that.
            awaited.push({ command: 'DATA', hear: () => lose(refused as SmtpReplyError), reject: lose })
            socket.write('.\r\n')
          },
          reject: lose,
        },
      )
      writeInBurst(socket, Buffer.from(`${lines}DATA\r\n`, 'latin1'))
    })
  }

  async function sendByLine(lines: string, raw: Buffer): Promise<void> {
    const end = lines.indexOf('\r\n') + 2
    await ask('MAIL FROM', lines.slice(0, end), isDone)
    await ask('RCPT TO', lines.slice(end), isDone)
    await ask('DATA', 'DATA\r\n', isReady)
    await sendBody(raw)
  }

  function sendBody(raw: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(lost('DATA', 'The connection is closed.'))
      awaited.push({
        command: 'DATA',
        hear(reply) {
          isUnderWay = false
          if (isDone(reply.code)) resolve()
          else reject(refusal('DATA', reply))
        },
        reject,
      })
      isUnderWay = true
      writeInBurst(socket, ...stuffDots(raw))
    })
  }

  async function reset(): Promise<void> {
    await ask('RSET', 'RSET\r\n', isDone)
  }

  return {
    transfer: offers.has('8BITMIME') ? '8bit' : '7bit',
    send(envelope, raw) {
      isUnderWay = false
      isHeard = false
      // What cannot stand in a command says nothing about the recipient, nor may it be taken for an answer of the server.
      if (!ADDRESS.test(envelope.from)) return Promise.reject(unspeakable('MAIL FROM', envelope.from))
      if (!ADDRESS.test(envelope.to)) return Promise.reject(unspeakable('RCPT TO', envelope.to))
      // What is longer than the server takes is announced without being sent along.
      return isChunked && raw.length <= limit ? sendChunk(envelope, raw) : sendData(envelope, raw)
    },
    reset,
    hangUp,
  }
}

const ADDRESS = /^[^\r\n<>\x80-\uffff]+$/

function unspeakable(command: string, address: string): SmtpReplyError {
  return new SmtpReplyError(`"${address}" is no address that SMTP can carry.`, command)
}

function refusal(command: string, reply: Reply): SmtpReplyError {
  return new SmtpReplyError(`The server answered ${reply.text}`, command, { reply })
}

function isDone(code: number): boolean {
  return code >= 200 && code < 300
}

function isReady(code: number): boolean {
  return code >= 300 && code < 400
}

/**
 * The message as DATA takes it, in pieces to be written in turn. RFC 5321, 4.5.2: a line that begins with a dot gets a second one;
 * a line with one dot ends the message. Without such lines it is not copied.
 */
export function stuffDots(raw: Buffer): Buffer[] {
  const end = endsLine(raw) ? END_OF_DATA.subarray(2) : END_OF_DATA
  let at = raw.indexOf(CRLF_DOT)
  if (at < 0 && raw[0] !== DOT) return [raw, end]
  const parts: Buffer[] = raw[0] === DOT ? [END_OF_DATA.subarray(2, 3)] : []
  let from = 0
  for (; at >= 0; at = raw.indexOf(CRLF_DOT, at + 2)) {
    // The piece ends with the line's own dot, and the next one begins with it again.
    parts.push(raw.subarray(from, at + 3))
    from = at + 2
  }
  return [Buffer.concat([...parts, raw.subarray(from)]), end]
}

const DOT = 46

function endsLine(raw: Buffer): boolean {
  return raw.length >= 2 && raw[raw.length - 2] === 13 && raw[raw.length - 1] === 10
}
