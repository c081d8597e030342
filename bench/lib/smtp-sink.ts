import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Sink {
  readonly port: number
  /** Messages taken so far. */
  count(): number
  /** Bytes taken so far, with all that was said about the messages. */
  bytes(): number
  /** Is told of each message at the instant in which its last byte was there: its first 4 KB, and performance.now(). */
  onMessage: ((head: string, at: number) => void) | null
  close(): Promise<void>
}

/**
 * An SMTP server (RFC 5321) that takes everything at once and keeps nothing: it greets without a pause, where the npm
 * package smtp-server waits 100 ms, and so measures the sender and not itself.
 * @param options.chunking whether it offers CHUNKING (RFC 3030), as Postfix, Exim, Gmail and Exchange do
 */
export async function startSink({ chunking = true }: { readonly chunking?: boolean } = {}): Promise<Sink> {
  const sockets = new Set<Socket>()
  let taken = 0
  let bytes = 0
  const sink: Sink = {
    port: 0,
    count: () => taken,
    bytes: () => bytes,
    onMessage: null,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  const offers = ['sink', 'PIPELINING', '8BITMIME', ...(chunking ? ['CHUNKING'] : [])]
  const greeting = `${offers.map((offer) => `250-${offer}\r\n`).join('')}250 SIZE 50000000\r\n`
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let pending = ''
    let inData = false
    let chunks: string[] = []
    let tail = ''
    /** Characters of a chunk still to come. */
    let chunkLeft = 0
    let inMail = false
    socket.setEncoding('latin1')
    socket.write('220 sink ESMTP\r\n')
    const take = (): void => {
      taken += 1
      sink.onMessage?.(chunks.join('').slice(0, 4_096), performance.now())
      chunks = []
      inMail = false
      socket.write('250 2.0.0 taken\r\n')
    }
    socket.on('data', (chunk: string) => {
      let rest = chunk
      bytes += chunk.length
      // Answers to what came in one packet go out in one, as servers that know PIPELINING do (RFC 2920, 3.2).
      socket.cork()
      process.nextTick(() => socket.uncork())
      while (rest !== '') {
        if (chunkLeft > 0) {
          chunks.push(rest.slice(0, chunkLeft))
          const used = Math.min(rest.length, chunkLeft)
          rest = rest.slice(used)
          chunkLeft -= used
          if (chunkLeft > 0) return
          if (inMail) take()
          else {
            chunks = []
            socket.write('503 5.5.1 who is it from?\r\n')
          }
          continue
        }
        if (inData) {
          // The end may lie across two chunks: four characters of the last one are kept for that.
          const seen = tail + rest
          const end = seen.indexOf('\r\n.\r\n')
          if (end === -1) {
            chunks.push(rest)
            tail = seen.slice(-4)
            return
          }
          const used = end + 5 - tail.length
          chunks.push(rest.slice(0, used))
          rest = rest.slice(used)
          inData = false
          tail = ''
          take()
          continue
        }
        pending += rest
        rest = ''
        const end = pending.indexOf('\r\n')
        if (end === -1) return
        const line = pending.slice(0, end)
        rest = pending.slice(end + 2)
        pending = ''
        const verb = line.slice(0, 4).toUpperCase()
        if (verb === 'EHLO') socket.write(greeting)
        else if (verb === 'BDAT' && chunking) {
          chunkLeft = Number(line.split(' ')[1])
        } else if (verb === 'DATA') {
          inData = true
          socket.write('354 go on\r\n')
        } else if (verb === 'QUIT') {
          socket.end('221 bye\r\n')
          return
        } else {
          if (verb === 'MAIL') inMail = true
          socket.write('250 2.0.0 ok\r\n')
        }
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(sink, { port: (server.address() as AddressInfo).port })
}
