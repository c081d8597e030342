import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FlakyProxy {
  readonly url: string
  /** The next n calls are stored by the server, and their answers get lost: the client is told 503. */
  loseAnswers(n: number): void
  /** How many calls came through. */
  calls(): number
  close(): Promise<void>
}

/** A proxy between a client and the server that loses answers, so that the client sends again what is stored already. */
export async function startFlakyProxy(target: string): Promise<FlakyProxy> {
  let losing = 0
  let calls = 0
  const server = createServer((incoming, outgoing) => {
    const lose = incoming.method === 'POST' && losing > 0
    if (lose) losing--
    if (incoming.method === 'POST') calls++
    const onward = forward(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: incoming.headers }, (answer) => {
      if (!lose) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
        return
      }
      answer.resume().on('end', () => outgoing.writeHead(503, { 'retry-after': '0', 'access-control-allow-origin': '*' }).end())
    })
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers(n) {
      losing = n
    },
    calls: () => calls,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
