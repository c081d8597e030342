import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

export interface Received {
  readonly messageId: string
  readonly to: string
  readonly subject: string
  /** Epoch ms of our yes. */
  readonly at: number
}

export type Mood = 'takes' | 'refuses' | 'hangs'

export interface Sink {
  readonly url: string
  readonly received: readonly Received[]
  mood: Mood
  close(): Promise<void>
}

/** An SMTP server (RFC 5321) that greets at once, takes everything, and remembers what it said yes to. */
export async function startSink(): Promise<Sink> {
  const received: Received[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    talk(socket, received, () => sink.mood)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const sink: Sink = {
    url: `smtp://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}?from=shop@load.example`,
    received,
    mood: 'takes',
    async close() {
      sockets.forEach((socket) => socket.destroy())
      server.close()
      await once(server, 'close')
    },
  }
  return sink
}

function talk(socket: Socket, received: Received[], mood: () => Mood): void {
  let rest = ''
  let body: string[] | null = null
  let to = ''
  socket.setEncoding('utf8')
  socket.write('220 sink ESMTP\r\n')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (body === null) answer(line)
      else if (line === '.') finish()
      else body.push(line)
    }
  })

  function answer(line: string): void {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'RCPT') to = /<([^>]*)>/.exec(line)?.[1] ?? ''
    if (verb === 'EHLO') socket.write('250-sink\r\n250 8BITMIME\r\n')
    else if (verb === 'QUIT') socket.end('221 bye\r\n')
    else if (verb === 'MAIL' && mood() === 'refuses') socket.write('451 not now\r\n')
    else if (verb === 'DATA') {
      body = []
      socket.write('354 go on\r\n')
    } else socket.write('250 yes\r\n')
  }

  function finish(): void {
    const head = (body ?? []).join('\r\n').split('\r\n\r\n')[0] ?? ''
    body = null
    if (mood() === 'hangs') return
    received.push({
      messageId: /^message-id:\s*(<[^>]+>)/im.exec(head)?.[1] ?? '',
      to,
      subject: /^subject:\s*(.*)$/im.exec(head)?.[1] ?? '',
      at: Date.now(),
    })
    socket.write('250 taken\r\n')
  }
}
