import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { DeliveryError, Outgoing } from '../port.ts'
import { stuffDots } from './smtp-dialogue.ts'
import { makeSmtpProvider } from './smtp.ts'

/** A server that answers as it is told, and keeps what it heard, packet by packet. */
interface Scripted {
  readonly port: number
  readonly packets: string[]
  readonly messages: string[]
  connections: number
}

const open: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function startServer(
  offers: readonly string[],
  answer: (line: string, socket: Socket, server: Scripted) => string | null,
): Promise<Scripted> {
  const sockets = new Set<Socket>()
  const told: { packets: string[]; messages: string[]; connections: number } = { packets: [], messages: [], connections: 0 }
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    told.connections++
    socket.on('error', () => undefined).setEncoding('utf8')
    let pending = ''
    let inData = false
    socket.write('220 here\r\n')
    socket.on('data', (chunk: string) => {
      told.packets.push(chunk)
      pending += chunk
      for (;;) {
        const end = pending.indexOf(inData ? '\r\n.\r\n' : '\r\n')
        if (end < 0 && !(inData && pending.startsWith('.\r\n'))) return
        if (inData) {
          const empty = pending.startsWith('.\r\n')
          told.messages.push(empty ? '' : pending.slice(0, end))
          pending = pending.slice(empty ? 3 : end + 5)
          inData = false
          socket.write(answer('.', socket, scripted) ?? '250 taken\r\n')
          continue
        }
        const line = pending.slice(0, end)
        pending = pending.slice(end + 2)
        const said = answer(line, socket, scripted)
        if (said !== null) socket.write(said)
        else if (line.startsWith('EHLO')) socket.write(['250-here', ...offers.map((one) => `250-${one}`), '250 HELP'].join('\r\n') + '\r\n')
        else if (line === 'DATA') socket.write('354 go on\r\n')
        else socket.write('250 ok\r\n')
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

const never = new AbortController().signal
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

test('an address that is refused gets no message, also when the server says yes to DATA, and the next goes over the same connection', async () => {
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
  expect(error.message).toContain('5.1.1 no such user')
  while (!server.packets.includes('RSET\r\n')) await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 50))
  await provider.send(message('<p>2</p>'), never)
  expect(server.messages).toHaveLength(2)
  expect(server.messages[0]).toBe('')
  expect(server.messages[1]).toContain('<p>2</p>')
  expect(server.connections).toBe(1)
})

test('a connection that dies before the message is on its way is no interruption, one that dies during it is', async () => {
  const early = await startServer(['PIPELINING'], (line, socket) => (line.startsWith('MAIL') ? (socket.destroy(), '') : null))
  expect(await troubleOf(makeProvider(early.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: false })
  const late = await startServer(['PIPELINING'], (line, socket) => (line === '.' ? (socket.destroy(), '') : null))
  expect(await troubleOf(makeProvider(late.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: true })
})

test('a server that says nothing more is left when the time is up', async () => {
  const server = await startServer(['PIPELINING'], (line) => (line === '.' ? '' : null))
  const abort = new AbortController()
  const sent = troubleOf(makeProvider(server.port).send(message(), abort.signal))
  while (server.messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  abort.abort()
  expect(await sent).toMatchObject({ trouble: 'away', interrupted: true })
})

test('an answer that is no SMTP ends the connection instead of being taken for a yes', async () => {
  const server = await startServer(['PIPELINING'], (line) => (line === '.' ? 'ok then\r\n' : null))
  expect(await troubleOf(makeProvider(server.port).send(message(), never))).toMatchObject({ trouble: 'away', interrupted: true })
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
      const stuffed = stuffDots(Buffer.from(text, 'latin1')).toString('latin1')
      // Read as a server reads: lines up to one with a dot alone, a first dot taken away.
      const lines = stuffed.split('\r\n')
      const end = lines.indexOf('.')
      expect(end).toBe(lines.length - 2)
      const read = lines.slice(0, end).map((line) => (line.startsWith('.') ? line.slice(1) : line))
      expect(read.join('\r\n')).toBe(text.endsWith('\r\n') ? text.slice(0, -2) : text)
    }),
  )
})
