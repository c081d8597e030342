import type { Socket } from 'node:net'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Transfer } from './mime.ts'

/** What a server answered to a command, or why it never will. */
export class SmtpReplyError extends Error {
  readonly command: string
  readonly response?: string
  readonly responseCode?: number

  constructor(message: string, command: string, reply?: Reply) {
    super(message)
    this.command = command
    if (reply !== undefined) {
      this.response = reply.text
      this.responseCode = reply.code
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
   * @param onBody is called right before the first byte of the message goes out
   */
  send(envelope: Envelope, raw: Buffer, onBody: () => void): Promise<void>
  /** Forgets a message that was refused, so that the next one can follow. */
  reset(): Promise<void>
  /** Hangs up at once; what is being handed over rejects. */
  hangUp(): void
}

interface Reply {
  readonly code: number
  readonly text: string
}

interface Awaited {
  readonly command: string
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

/** Longer answers than this are no SMTP. */
const LONGEST_REPLY = 64 * 1024
const CRLF_DOT = Buffer.from('\r\n.', 'latin1')
const END_OF_DATA = Buffer.from('\r\n.\r\n', 'latin1')

/**
 * Takes the dialogue over from nodemailer, which has opened the connection, secured it and signed in: from here on its reader is
 * silent. A message costs two packets (RFC 2920: envelope and DATA in one) and no stream; through nodemailer's own `send`, which
 * makes three streams of each message, it costs more than twice the CPU.
 * @param name what we call ourselves; the server is asked anew what it can, since nodemailer does not tell
 */
export async function takeDialogue(smtp: SMTPConnection, name: string): Promise<SmtpDialogue> {
  const socket: Socket | false | null = smtp._socket
  if (!socket) throw new SmtpReplyError('The connection is closed.', 'EHLO')
  return speak(socket, name)
}

async function speak(socket: Socket, name: string): Promise<SmtpDialogue> {
  const awaited: Awaited[] = []
  const gone = (): void => {
    for (const { command, reject } of awaited.splice(0)) reject(new SmtpReplyError('The connection was closed.', command))
  }
  const hangUp = (): void => {
    socket.destroy()
    gone()
  }
  // Nobody waits for the answer to QUIT, nor for what a server says before it hangs up by itself.
  const reader = makeReader((reply) => {
    const next = awaited.shift()
    if (next === undefined) hangUp()
    else next.resolve(reply)
  }, hangUp)
  socket.removeAllListeners('data')
  socket.on('data', reader)
  socket.once('close', gone)

  function expect(command: string): Promise<Reply> {
    if (socket.destroyed) return Promise.reject(new SmtpReplyError('The connection is closed.', command))
    return new Promise((resolve, reject) => awaited.push({ command, resolve, reject }))
  }

  async function ask(command: string, line: string, isYes: (code: number) => boolean): Promise<Reply> {
    const reply = expect(command)
    socket.write(line)
    return demand(command, await reply, isYes)
  }

  // A server that knows HELO alone, or hears it once only, offers nothing.
  const hello = await ask('EHLO', `EHLO ${name}\r\n`, () => true)
  const offers = new Set((isDone(hello.code) ? hello.text : '').split('\n').map((line) => /^250[ -](\S+)/.exec(line)?.[1]?.toUpperCase()))
  const isPipelined = offers.has('PIPELINING')

  async function open({ from, to }: Envelope, raw: Buffer): Promise<void> {
    const size = offers.has('SIZE') ? ` SIZE=${raw.length}` : ''
    const body = offers.has('8BITMIME') ? ' BODY=8BITMIME' : ''
    const mail = `MAIL FROM:<${from}>${size}${body}\r\n`
    const rcpt = `RCPT TO:<${to}>\r\n`
    if (!isPipelined) {
      await ask('MAIL FROM', mail, isDone)
      await ask('RCPT TO', rcpt, isDone)
      await ask('DATA', 'DATA\r\n', isReady)
      return
    }
    const replies = Promise.all([expect('MAIL FROM'), expect('RCPT TO'), expect('DATA')])
    socket.write(`${mail}${rcpt}DATA\r\n`)
    const [toMail, toRcpt, toData] = await replies
    try {
      demand('MAIL FROM', toMail, isDone)
      demand('RCPT TO', toRcpt, isDone)
    } catch (error) {
      // A server that wants the message of nobody all the same gets an empty one, as RFC 2920 says, and refuses that.
      if (isReady(toData.code)) await ask('DATA', '.\r\n', () => true)
      throw error
    }
    demand('DATA', toData, isReady)
  }

  return {
    transfer: offers.has('8BITMIME') ? '8bit' : '7bit',
    async send(envelope, raw, onBody) {
      // What cannot stand in a command says nothing about the recipient, nor may it be taken for an answer of the server.
      for (const [command, address] of [
        ['MAIL FROM', envelope.from],
        ['RCPT TO', envelope.to],
      ] as const)
        if (!/^[^\r\n<>\x80-\uffff]+$/.test(address)) throw new SmtpReplyError(`"${address}" is no address that SMTP can carry.`, command)
      await open(envelope, raw)
      onBody()
      const taken = expect('DATA')
      socket.write(stuffDots(raw))
      demand('DATA', await taken, isDone)
    },
    async reset() {
      await ask('RSET', 'RSET\r\n', isDone)
    },
    hangUp,
  }
}

function demand(command: string, reply: Reply, isYes: (code: number) => boolean): Reply {
  if (isYes(reply.code)) return reply
  throw new SmtpReplyError(`The server answered ${reply.text}`, command, reply)
}

function isDone(code: number): boolean {
  return code >= 200 && code < 300
}

function isReady(code: number): boolean {
  return code >= 300 && code < 400
}

/** RFC 5321, 4.5.2: a line that begins with a dot gets a second one; a line with one dot ends the message. */
export function stuffDots(raw: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = 0
  if (raw[0] === 46) parts.push(DOT)
  for (let at = raw.indexOf(CRLF_DOT); at >= 0; at = raw.indexOf(CRLF_DOT, at + 2)) {
    parts.push(raw.subarray(from, at + 2), DOT)
    from = at + 2
  }
  parts.push(raw.subarray(from), endsLine(raw) ? END_OF_DATA.subarray(2) : END_OF_DATA)
  return Buffer.concat(parts)
}

const DOT = Buffer.from('.', 'latin1')

function endsLine(raw: Buffer): boolean {
  return raw.length >= 2 && raw[raw.length - 2] === 13 && raw[raw.length - 1] === 10
}

/** Puts replies together from what comes in: all lines up to one whose code is not followed by a dash. */
function makeReader(hear: (reply: Reply) => void, giveUp: () => void): (chunk: Buffer) => void {
  let pending = ''
  let lines: string[] = []
  return (chunk) => {
    pending += chunk.toString('utf8')
    if (pending.length > LONGEST_REPLY) return giveUp()
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const line = pending.slice(0, end).replace(/\r$/, '')
      pending = pending.slice(end + 1)
      if (line === '') continue
      if (!/^\d{3}(?:[ -]|$)/.test(line) || lines.length > 1_000) return giveUp()
      lines.push(line)
      if (line[3] === '-') continue
      hear({ code: Number(line.slice(0, 3)), text: lines.join('\n') })
      lines = []
    }
  }
}
