import { setMaxListeners } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { afterEach, expect, test } from 'vitest'
import type { DeliveryError, Outgoing } from '../port.ts'
import { stuffDots, takeDialogue, type SmtpDialogue } from './smtp-dialogue.ts'
import { makeReplyReader } from './smtp-replies.ts'
import { makeSmtpProvider } from './smtp.ts'

/** A server that answers as it is told, and keeps what it heard, packet by packet. */
interface Scripted {
  readonly port: number
  readonly packets: string[]
  readonly messages: string[]
  /** Lines that it took for commands. */
  readonly commands: string[]
  connections: number
}

/**
 * What the server says to a line, to the end of a message (`.`) or to a chunk that it has read (`chunk`, or `stray chunk` when it is for nobody); null leaves it to the
 * server. What is said to the line BDAT itself leaves the chunk unread.
 */
type Answer = (line: string, socket: Socket, server: Scripted) => string | null

const open: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function startServer(offers: readonly string[], answer: Answer): Promise<Scripted> {
  const sockets = new Set<Socket>()
  const told = { packets: [] as string[], messages: [] as string[], commands: [] as string[], connections: 0 }
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    told.connections++
    socket.on('error', () => undefined).setEncoding('latin1')
    let pending = ''
    let inData = false
    let chunk = -1
    let hasRecipient = false
    socket.write('220 here\r\n')
    const keep = (message: string): void => void told.messages.push(Buffer.from(message, 'latin1').toString('utf8'))
    socket.on('data', (packet: string) => {
      told.packets.push(Buffer.from(packet, 'latin1').toString('utf8'))
      pending += packet
      // Once it has hung up it reads no more.
      while (!socket.destroyed && !socket.writableEnded) {
        if (chunk >= 0) {
          if (pending.length < chunk) return
          if (hasRecipient) keep(pending.slice(0, chunk))
          pending = pending.slice(chunk)
          chunk = -1
          socket.write(
            answer(hasRecipient ? 'chunk' : 'stray chunk', socket, scripted) ??
              (hasRecipient ? '250 taken\r\n' : '503 5.5.1 for whom?\r\n'),
          )
          hasRecipient = false
          continue
        }
        const end = pending.indexOf(inData ? '\r\n.\r\n' : '\r\n')
        if (end < 0 && !(inData && pending.startsWith('.\r\n'))) return
        if (inData) {
          const empty = pending.startsWith('.\r\n')
          keep(
            empty
              ? ''
              : pending
                  .slice(0, end + 2)
                  .replace(/^\./, '')
                  .replaceAll('\r\n.', '\r\n'),
          )
          pending = pending.slice(empty ? 3 : end + 5)
          inData = false
          socket.write(answer('.', socket, scripted) ?? '250 taken\r\n')
          continue
        }
        const line = pending.slice(0, end)
        pending = pending.slice(end + 2)
        told.commands.push(line)
        const said = answer(line, socket, scripted)
        if (line.startsWith('RCPT')) hasRecipient = said === null || said.startsWith('25')
        if (line === 'RSET') hasRecipient = false
        if (said !== null) socket.write(said)
        else if (line.startsWith('EHLO')) socket.write(['250-here', ...offers.map((one) => `250-${one}`), '250 HELP'].join('\r\n') + '\r\n')
        else if (line === 'DATA') socket.write('354 go on\r\n')
        else if (/^BDAT \d+ LAST$/.test(line) && offers.includes('CHUNKING')) chunk = Number(line.split(' ')[1])
        else if (/^(MAIL|RCPT|RSET|QUIT)/.test(line)) socket.write('250 ok\r\n')
        else socket.write('500 5.5.2 what?\r\n')
        inData = line === 'DATA' && (said === null || said.startsWith('354'))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  })
  const scripted: Scripted = Object.assign(told, { port: (server.address() as AddressInfo).port })
  return scripted
}

/** The three ways in which a message goes over. */
const ways = [
  { way: 'line by line', offers: [] },
  { way: 'with PIPELINING', offers: ['PIPELINING'] },
  { way: 'with CHUNKING', offers: ['PIPELINING', 'CHUNKING'] },
]
const isEnd = (line: string): boolean => line === '.' || line === 'chunk'

function makeProvider(port: number, from = 'shop@shop.example') {
  const provider = makeSmtpProvider({ kind: 'smtp', host: '127.0.0.1', port, secure: false, from }, {})
  open.push(provider)
  return provider
}

function message(html = '<p>Hello</p>', address = 'ann@example.com'): Outgoing<'email'> {
  return {
    id: 'm1',
    shard: 1,
    profileId: 'p',
    personId: 'p',
    address,
    createdAt: 0,
    content: { channel: 'email', from: 'shop@shop.example', subject: 'Hi', html, text: 'Hello', headers: {} },
  }
}

async function openDialogue(port: number): Promise<SmtpDialogue> {
  const smtp = new SMTPConnection({ host: '127.0.0.1', port, logger: false })
  smtp.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => smtp.connect((error) => (error ? reject(error) : resolve())))
  open.push({ close: () => smtp.close() })
  return takeDialogue(smtp, 'shop.example', { chunks: true })
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
  await untilHeard()
}

/** What was written to a socket comes in at the other end: by many looks at the sockets, since one pause may be over before the next look. */
async function untilHeard(): Promise<void> {
  for (let look = 0; look < 20; look++) await new Promise((resolve) => setTimeout(resolve, 2))
}

const never = new AbortController().signal
setMaxListeners(Infinity, never)
const troubleOf = (promise: Promise<unknown>): Promise<DeliveryError> =>
  promise.then(
    () => Promise.reject(new Error('it was taken')),
    (error: unknown) => error as DeliveryError,
  )

test('a server that offers PIPELINING gets the envelope in one packet, another gets it line by line', async () => {
  const fast = await startServer(['PIPELINING'], () => null)
  await makeProvider(fast.port).send(message(), never)
  expect(fast.packets.some((packet) => /^MAIL FROM:<.*\r\nRCPT TO:<.*\r\nDATA\r\n$/.test(packet))).toBe(true)
  const slow = await startServer([], () => null)
  await makeProvider(slow.port).send(message(), never)
  expect(slow.packets.filter((packet) => /^(MAIL|RCPT|DATA).*\r\n$/.test(packet))).toHaveLength(3)
  for (const { messages } of [fast, slow]) expect(messages[0]).toContain('<p>Hello</p>')
})

test('the size and 8 bits are announced to a server that offers them', async () => {
  const server = await startServer(['PIPELINING', 'SIZE 1000000', '8BITMIME'], () => null)
  await makeProvider(server.port).send(message('<p>Grüße</p>'), never)
  expect(server.packets.join('')).toMatch(/^MAIL FROM:<shop@shop\.example> SIZE=\d+ BODY=8BITMIME\r$/m)
  expect(server.messages[0]).toContain('<p>Grüße</p>')
})

test('a server that offers CHUNKING as well gets the envelope and the message in one packet', async () => {
  const server = await startServer(['PIPELINING', 'CHUNKING', '8BITMIME'], () => null)
  const provider = makeProvider(server.port)
  await provider.send(message('<p>Grüße</p>\n.\n..dots'), never)
  await provider.send(message('<p>2</p>'), never)
  const sent = server.packets.filter((packet) => packet.startsWith('MAIL'))
  expect(sent).toHaveLength(2)
  const [, size, raw] = /^MAIL FROM:<.*\r\nRCPT TO:<.*\r\nBDAT (\d+) LAST\r\n([^]*)$/.exec(sent[0] ?? '') ?? []
  expect(Buffer.byteLength(raw ?? '')).toBe(Number(size))
  expect(server.messages).toEqual([raw, expect.stringContaining('<p>2</p>')])
  expect(raw).toContain('<p>Grüße</p>\r\n.\r\n..dots')
  expect(server.commands).not.toContain('DATA')
})

test.each(ways)('what is handed over arrives byte for byte, $way', async ({ offers }) => {
  const server = await startServer(offers, () => null)
  const dialogue = await openDialogue(server.port)
  const piece = fc.oneof(
    fc.constantFrom('.', '\r\n', '..', '\r\n.', '\r\n.\r\n', '\r\nQUIT\r\n', 'ü', '😀', '\0', '\n.\n', '\r.\r'),
    fc.integer({ min: 1, max: 100_000 }).map((length) => 'long '.repeat(length / 5)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const text = `${pieces.join('')}\r\n`
      await dialogue.send({ from: 'a@shop.example', to: 'b@example.com' }, Buffer.from(text, 'utf8'))
      expect(server.messages.pop()).toBe(text)
    }),
    { numRuns: 60 },
  )
})

test.each(ways)('an address that is refused gets no message, and the next goes over the same connection, $way', async ({ offers }) => {
  const server = await startServer(offers, (line) =>
    line.startsWith('RCPT TO:<nobody')
      ? '550 5.1.1 no such user\r\n'
      : line.startsWith('RCPT TO:<full')
        ? '452 4.2.2 full\r\n'
        : line === 'DATA' && server.commands.at(-2)?.startsWith('RCPT TO:<ann') !== true
          ? '503 for whom?\r\n'
          : null,
  )
  const provider = makeProvider(server.port)
  const error = await troubleOf(provider.send(message('<p>1</p>', 'nobody@example.com'), never))
  expect(error).toMatchObject({ trouble: 'bounced', interrupted: false })
  expect(error.message).toContain('5.1.1 no such user')
  await until(() => server.commands.filter((line) => line === 'RSET').length === (offers.includes('CHUNKING') ? 2 : 1))
  expect(await troubleOf(provider.send(message('<p>2</p>', 'full@example.com'), never))).toMatchObject({
    trouble: 'later',
    interrupted: false,
  })
  await until(() => server.commands.filter((line) => line === 'RSET').length === (offers.includes('CHUNKING') ? 3 : 2))
  await provider.send(message('<p>3</p>'), never)
  expect(server.messages).toEqual([expect.stringContaining('<p>3</p>')])
  expect(server.connections).toBe(1)
})

test('an address that is refused gets an empty message when the server says yes to DATA', async () => {
  const server = await startServer(['PIPELINING'], (line) =>
    line.startsWith('RCPT TO:<nobody')
      ? '550 5.1.1 no such user\r\n'
      : line === '.' && server.messages.at(-1) === ''
        ? '554 nobody\r\n'
        : null,
  )
  const provider = makeProvider(server.port)
  const error = await troubleOf(provider.send(message('<p>1</p>', 'nobody@example.com'), never))
  expect(error).toMatchObject({ trouble: 'bounced', interrupted: false })
  await until(() => server.commands.includes('RSET'))
  await provider.send(message('<p>2</p>'), never)
  expect(server.messages).toEqual(['', expect.stringContaining('<p>2</p>')])
  expect(server.connections).toBe(1)
})

test.each(ways)('a sender who is refused is trouble with the server, but for what is too long for it, $way', async ({ offers }) => {
  for (const [reply, trouble] of [
    ['550 5.7.1 not you', 'away'],
    ['451 4.3.0 not now', 'away'],
    ['552 5.3.4 too long', 'refused'],
  ]) {
    const server = await startServer(offers, (line) =>
      line.startsWith('MAIL') ? `${reply}\r\n` : line.startsWith('RCPT') || line === 'DATA' ? '503 from whom?\r\n' : null,
    )
    const error = await troubleOf(makeProvider(server.port).send(message(), never))
    expect(error).toMatchObject({ trouble, interrupted: false })
    expect(error.message).toContain(`${reply}" to MAIL FROM`)
    expect(server.messages).toEqual([])
  }
})

test.each(ways)('what the server says to the message itself is about the message, $way', async ({ offers }) => {
  let reply = ''
  const server = await startServer(offers, (line) => (reply !== '' && isEnd(line) ? reply : null))
  const provider = makeProvider(server.port)
  for (const [said, trouble] of [
    ['554 5.7.1 spam\r\n', 'refused'],
    ['550-5.1.1 no such\r\n550 5.1.1 user\r\n', 'bounced'],
    ['451 4.7.1 later\r\n', 'later'],
    ['552 5.3.4 too long\r\n', 'refused'],
  ] as const) {
    reply = said
    const resets = server.commands.filter((line) => line === 'RSET').length
    expect(await troubleOf(provider.send(message(), never))).toMatchObject({ trouble, interrupted: false })
    await until(() => server.commands.filter((line) => line === 'RSET').length > resets)
  }
  reply = ''
  await provider.send(message(), never)
  expect(server.connections).toBe(1)
})

test.each(ways)('a server that closes down says so to whatever it was asked, and has taken nothing, $way', async ({ offers }) => {
  for (const at of ['MAIL', 'RCPT', 'end'] as const) {
    const server = await startServer(offers, (line, socket) => {
      if (at === 'end' ? !isEnd(line) : !line.startsWith(at)) return null
      socket.end('421 4.3.2 closing\r\n')
      return ''
    })
    const error = await troubleOf(makeProvider(server.port).send(message(), never))
    expect(error).toMatchObject({ trouble: 'away', interrupted: false })
    expect(error.message).toContain('421 4.3.2 closing')
  }
})

test.each(ways)('a connection that the server ends between two messages costs nobody an attempt, $way', async ({ offers }) => {
  for (const goodbye of ['', '421 4.3.2 enough for one connection\r\n']) {
    // The first message of each connection is taken, at the second it goes, without a word or with one.
    const used = new Set<Socket>()
    const server = await startServer(offers, (line, socket) => {
      if (!line.startsWith('MAIL')) return null
      if (!used.has(socket)) return (used.add(socket), null)
      if (goodbye === '') socket.destroy()
      else socket.end(goodbye)
      return ''
    })
    const provider = makeProvider(server.port)
    for (const html of ['<p>1</p>', '<p>2</p>', '<p>3</p>']) await provider.send(message(html), never)
    expect(server.messages.map((text) => /<p>\d<\/p>/.exec(text)?.[0])).toEqual(['<p>1</p>', '<p>2</p>', '<p>3</p>'])
    expect(server.connections).toBe(3)
  }
})

test('a connection that dies before the message is on its way is no interruption, one that dies during it is', async () => {
  const early = await startServer(['PIPELINING'], (line, socket) => (line.startsWith('MAIL') ? (socket.destroy(), '') : null))
  expect(await troubleOf(makeProvider(early.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: false })
  const late = await startServer(['PIPELINING'], (line, socket) => (line === '.' ? (socket.destroy(), '') : null))
  expect(await troubleOf(makeProvider(late.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: true })
})

test('with CHUNKING the message is on its way from the beginning, until the server says no', async () => {
  for (const at of ['MAIL', 'RCPT', 'chunk']) {
    const server = await startServer(['PIPELINING', 'CHUNKING'], (line, socket) => (line.startsWith(at) ? (socket.destroy(), '') : null))
    expect(await troubleOf(makeProvider(server.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: true })
  }
  const refusing = await startServer(['PIPELINING', 'CHUNKING'], (line, socket) =>
    line.startsWith('RCPT')
      ? '550 5.1.1 nobody\r\n'
      : line === 'stray chunk' && refusing.commands.some((one) => one.startsWith('RCPT'))
        ? (socket.destroy(), '')
        : null,
  )
  expect(await troubleOf(makeProvider(refusing.port).send(message(), never))).toMatchObject({ trouble: 'bounced', interrupted: false })
})

test('a connection that was heard from is not given up for another one while the message is on its way', async () => {
  const server = await startServer(['PIPELINING', 'CHUNKING'], (line, socket) => {
    if (!isEnd(line) || server.messages.length < 2) return null
    // The answers to the envelope come first.
    void untilHeard().then(() => socket.destroy())
    return ''
  })
  const provider = makeProvider(server.port)
  await provider.send(message('<p>1</p>'), never)
  expect(await troubleOf(provider.send(message('<p>2</p>'), never))).toMatchObject({ trouble: 'away', interrupted: true })
  expect(server.messages).toHaveLength(2)
})

test('a server that refuses BDAT although it offers CHUNKING gets the message by DATA, and the next ones too', async () => {
  for (const code of [500, 502, 503, 504]) {
    const server = await startServer(['PIPELINING', 'CHUNKING'], (line) => {
      if (!isEnd(line) || line === '.') return null
      server.messages.pop()
      return `${code} not here\r\n`
    })
    const provider = makeProvider(server.port)
    await provider.send(message('<p>1</p>'), never)
    await provider.send(message('<p>2</p>'), never)
    expect(server.messages).toEqual([expect.stringContaining('<p>1</p>'), expect.stringContaining('<p>2</p>')])
    expect(server.commands.filter((line) => line.startsWith('BDAT'))).toHaveLength(2)
    expect(server.commands.filter((line) => line === 'DATA')).toHaveLength(2)
    expect(server.connections).toBe(1)
  }
})

test('a message whose chunk was refused is not on its way any more when the connection dies', async () => {
  const server = await startServer(['PIPELINING', 'CHUNKING'], (line, socket) =>
    line === 'chunk' ? '502 not here\r\n' : line === 'RSET' && server.messages.length > 0 ? (socket.destroy(), '') : null,
  )
  expect(await troubleOf(makeProvider(server.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: false })
})

test('a server that leaves the chunks which it refuses unread gets no chunk, so that no line of a message becomes a command', async () => {
  // Without a recipient it refuses BDAT at once and reads on, as some that offer CHUNKING do.
  const server = await startServer(['PIPELINING', 'CHUNKING'], (line) => {
    if (line.startsWith('RCPT TO:<nobody')) return '550 5.1.1 no such user\r\n'
    const last = server.commands.filter((one) => /^(RCPT|RSET)/.test(one)).at(-1)
    return line.startsWith('BDAT') && last?.startsWith('RCPT TO:<ann') !== true ? '502 5.5.1 for whom?\r\n' : null
  })
  const provider = makeProvider(server.port)
  const text = '<pre>\r\nRSET\r\nMAIL FROM:<thief@example.com>\r\nRCPT TO:<ann@example.com>\r\n</pre>'
  expect(await troubleOf(provider.send(message(text, 'nobody@example.com'), never))).toMatchObject({ trouble: 'bounced' })
  await until(() => server.commands.filter((line) => line === 'RSET').length === 2)
  await provider.send(message('<p>2</p>'), never)
  expect(server.commands.filter((line) => line.includes('thief'))).toEqual([])
  expect(server.connections).toBe(1)
  expect(server.messages.filter((one) => one !== '')).toEqual([expect.stringContaining('<p>2</p>')])
})

test('a server that hangs up when CHUNKING is tried is spoken to without it, over connections to come too', async () => {
  for (const word of ['', '521 5.5.1 no\r\n', '421 4.7.0 no\r\n']) {
    const server = await startServer(['PIPELINING', 'CHUNKING'], (line, socket) =>
      line.startsWith('BDAT') ? (socket.end(word), '') : line === '.' ? (socket.end('250 taken\r\n'), '') : null,
    )
    const provider = makeProvider(server.port)
    for (const html of ['<p>1</p>', '<p>2</p>', '<p>3</p>']) await provider.send(message(html), never)
    expect(server.messages).toHaveLength(3)
    expect(server.commands.filter((line) => line.startsWith('BDAT'))).toHaveLength(1)
  }
})

test('a server that says nothing when CHUNKING is tried is asked without it at the next attempt', async () => {
  const abort = new AbortController()
  const server = await startServer(['PIPELINING', 'CHUNKING'], (line) => {
    if (line === 'stray chunk') void untilHeard().then(() => abort.abort())
    return line === 'stray chunk' || line === 'RSET' ? '' : null
  })
  const provider = makeProvider(server.port)
  expect(await troubleOf(provider.send(message(), abort.signal))).toMatchObject({ trouble: 'away', interrupted: false })
  await provider.send(message(), never)
  expect(server.messages).toHaveLength(1)
})

test('a message that is longer than the server takes is announced and not sent along', async () => {
  const server = await startServer(['PIPELINING', 'CHUNKING', 'SIZE 5000'], (line) =>
    Number(/^MAIL.* SIZE=(\d+)/.exec(line)?.[1] ?? 0) > 5_000 ? '552 5.3.4 too long\r\n' : null,
  )
  const provider = makeProvider(server.port)
  expect(await troubleOf(provider.send(message('long '.repeat(2_000)), never))).toMatchObject({ trouble: 'refused', interrupted: false })
  expect(server.packets.join('')).not.toContain('long')
  await provider.send(message(), never)
  // It said yes to DATA all the same, and got an empty one.
  expect(server.messages).toEqual(['', expect.stringContaining('Hello')])
})

test.each(ways)('a server that says nothing more is left when the time is up, $way', async ({ offers }) => {
  const server = await startServer(offers, (line) => (isEnd(line) ? '' : null))
  const [abort, later] = [new AbortController(), new AbortController()]
  const provider = makeProvider(server.port)
  const sent = [message('<p>1</p>'), message('<p>2</p>')].map((each) => troubleOf(provider.send(each, abort.signal)))
  const other = troubleOf(provider.send(message('<p>3</p>'), later.signal))
  let isOtherOver = false
  void other.then(() => (isOtherOver = true))
  await until(() => server.messages.length === 3)
  abort.abort()
  // What shares the signal ends, and nothing else.
  for (const each of sent) expect(await each).toMatchObject({ trouble: 'away', interrupted: true })
  await untilHeard()
  expect(isOtherOver).toBe(false)
  later.abort()
  expect(await other).toMatchObject({ trouble: 'away', interrupted: true })
})

test('an answer that is no SMTP ends the connection instead of being taken for a yes', async () => {
  for (const { offers } of ways) {
    const server = await startServer(offers, (line) => (isEnd(line) ? 'ok then\r\n' : null))
    expect(await troubleOf(makeProvider(server.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: true })
  }
})

test('replies are heard however they are cut', () => {
  const said = '250-one\r\n250-zwei ü\r\n250 three\r\n\r\n354\r\n550-5.1.1 no\n550 5.1.1 user\r\n'
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }), (cuts) => {
      const heard: [number, string][] = []
      const read = makeReplyReader(
        ({ code, text }) => heard.push([code, text]),
        () => expect.unreachable(),
      )
      let rest = Buffer.from(said, 'utf8')
      for (const cut of cuts) {
        read(rest.subarray(0, cut))
        rest = rest.subarray(cut)
      }
      read(rest)
      expect(heard).toEqual([
        [250, '250-one\n250-zwei ü\n250 three'],
        [354, '354'],
        [550, '550-5.1.1 no\n550 5.1.1 user'],
      ])
    }),
  )
})

test('what is no reply, or has no end, is given up once', () => {
  for (const said of ['ok then\r\n250 yes\r\n', '25\r\n', '250_x\r\n', '250-more\r\n'.repeat(10_000), '2'.repeat(70_000)]) {
    let given = 0
    const heard: number[] = []
    const read = makeReplyReader(
      ({ code }) => heard.push(code),
      () => given++,
    )
    for (let at = 0; at < said.length; at += 1_000) read(Buffer.from(said.slice(at, at + 1_000), 'latin1'))
    expect([given, heard]).toEqual([1, []])
  }
})

test('a sender that is no address is no word about the recipient, who would be suppressed for it', async () => {
  const server = await startServer(['PIPELINING'], () => null)
  const error = await troubleOf(makeProvider(server.port, 'Shop <shop@shop.example>').send(message(), never))
  expect(error).toMatchObject({ trouble: 'away', interrupted: false })
  expect(server.messages).toEqual([])
})

test('a message that cannot be written is no trouble of the server, whose connection stays', async () => {
  const server = await startServer(['PIPELINING'], () => null)
  const provider = makeProvider(server.port)
  const broken = { ...message(), content: { ...message().content, html: undefined as unknown as string } }
  expect(await troubleOf(provider.send(broken, never))).toBeInstanceOf(TypeError)
  await provider.send(message(), never)
  expect(server.connections).toBe(1)
})

test('a server that hears EHLO once only is spoken to without what it may offer', async () => {
  let heard = 0
  const server = await startServer(['PIPELINING'], (line) => (line.startsWith('EHLO') && ++heard > 1 ? '503 once is enough\r\n' : null))
  await makeProvider(server.port).send(message(), never)
  expect(server.messages).toHaveLength(1)
})

test('dots at the beginning of lines are doubled, and the message ends where it ends', () => {
  const piece = fc.constantFrom('.', '\r\n', 'a', '..', '\r\n.', '\r\n.\r\n')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('')
      const stuffed = Buffer.concat(stuffDots(Buffer.from(text, 'latin1'))).toString('latin1')
      // Read as a server reads: lines up to one with a dot alone, a first dot taken away.
      const lines = stuffed.split('\r\n')
      const end = lines.indexOf('.')
      expect(end).toBe(lines.length - 2)
      const read = lines.slice(0, end).map((line) => (line.startsWith('.') ? line.slice(1) : line))
      expect(read.join('\r\n')).toBe(text.endsWith('\r\n') ? text.slice(0, -2) : text)
    }),
  )
})
