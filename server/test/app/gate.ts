import { createServer, connect, type Socket } from 'node:net'
import { once } from 'node:events'

/** A door in front of a store: while it is shut, nobody gets through and whoever was inside is thrown out. */
export interface Gate {
  /** The store's URL through this door. */
  readonly url: string
  shut(): void
  open(): void
  close(): Promise<void>
}

export async function makeGate(target: string): Promise<Gate> {
  const to = new URL(target)
  const inside = new Set<Socket>()
  let isOpen = true
  const server = createServer((socket) => {
    if (!isOpen) return void socket.destroy()
    const beyond = connect(Number(to.port), to.hostname)
    for (const one of [socket, beyond]) {
      inside.add(one)
      one.on('close', () => inside.delete(one))
      one.on('error', () => undefined)
    }
    socket.pipe(beyond).on('close', () => socket.destroy())
    beyond.pipe(socket).on('close', () => beyond.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = new URL(target)
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0)
  const empty = () => inside.forEach((socket) => socket.destroy())
  return {
    url: url.href,
    shut() {
      isOpen = false
      empty()
    },
    open() {
      isOpen = true
    },
    async close() {
      empty()
      server.close()
      await once(server, 'close')
    },
  }
}
