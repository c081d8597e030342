import { Worker } from 'node:worker_threads'
import { compress, FAST, isShort } from './pack.ts'

/** Compresses copies of messages, many at a time on a thread of its own. */
export interface Packer {
  /** The frames as they are kept, in their order; null stays null, and so do short ones. */
  pack(frames: readonly (Uint8Array | null)[]): Promise<(Buffer | null)[]>
  close(): Promise<void>
}

/** So few are compressed at once: asking another thread would take as long. */
const FEW = 4
/** After so long without work the thread ends, so that an idle program is small, ms. */
const IDLE_MS = 30_000

// What the thread does, as text: it stands in no file of its own that would have to be found again beside every bundle.
const CODE = `
const { parentPort } = require('node:worker_threads')
const { deflateSync } = require('node:zlib')
parentPort.on('message', ({ id, slab, lengths, options }) => {
  let at = 0
  const parts = lengths.map((length) => deflateSync(new Uint8Array(slab, (at += length) - length, length), options))
  const packed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  at = 0
  for (const part of parts) packed.set(part, (at += part.length) - part.length)
  parentPort.postMessage({ id, slab: packed.buffer, lengths: parts.map((part) => part.length) }, [packed.buffer])
})`

interface Batch {
  readonly id: number
  readonly slab: ArrayBuffer
  readonly lengths: readonly number[]
}

/**
 * Compressing is a fifth of what a campaign's e-mail costs the main thread. A thread that fails is started anew, and what it had is compressed here.
 */
export function makePacker(): Packer {
  const waiting = new Map<number, { readonly resolve: (batch: Batch) => void; readonly reject: (error: Error) => void }>()
  let thread: Worker | null = null
  let idle: NodeJS.Timeout | null = null
  let last = 0

  function start(): Worker {
    const started = new Worker(CODE, { eval: true, name: 'copies of messages' })
    started.unref()
    started.on('message', (batch: Batch) => {
      waiting.get(batch.id)?.resolve(batch)
      waiting.delete(batch.id)
    })
    const lose = (error: Error): void => {
      if (thread === started) thread = null
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    }
    started.on('error', lose)
    started.on('exit', () => lose(new Error('the thread that compresses copies of messages has ended')))
    return started
  }

  function rest(): void {
    if (idle !== null) clearTimeout(idle)
    idle = setTimeout(() => void thread?.terminate(), IDLE_MS)
    idle.unref()
  }

  async function beside(frames: readonly Uint8Array[]): Promise<Buffer[]> {
    const slab = new Uint8Array(frames.reduce((sum, framed) => sum + framed.length, 0))
    let at = 0
    for (const framed of frames) slab.set(framed, (at += framed.length) - framed.length)
    const id = ++last
    thread ??= start()
    rest()
    const answered = new Promise<Batch>((resolve, reject) => waiting.set(id, { resolve, reject }))
    thread.postMessage({ id, slab: slab.buffer, lengths: frames.map(({ length }) => length), options: FAST }, [slab.buffer])
    const batch = await answered
    at = 0
    return batch.lengths.map((length) => Buffer.from(batch.slab, (at += length) - length, length))
  }

  return {
    async pack(frames) {
      const framed = frames.filter((each) => each !== null && !isShort(each)) as Uint8Array[]
      const packed = framed.length <= FEW ? framed.map(compress) : await beside(framed).catch(() => framed.map(compress))
      let at = 0
      return frames.map((each) => (each === null ? null : isShort(each) ? compress(each) : (packed[at++] ?? null)))
    },
    async close() {
      if (idle !== null) clearTimeout(idle)
      await thread?.terminate()
    },
  }
}
