import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import type { fileEncodings } from '@throughline/contracts'
import { FileImportError } from '../errors.ts'

/** The longest that a packed file may become, in bytes: some kilobytes can be packed so that they last for days. */
const MAX_UNPACKED = 20 * 2 ** 30

export type Encoding = (typeof fileEncodings)[number]

/** The first bytes of a file, as they stand on the disk. */
export async function readHead(path: string, length: number): Promise<Buffer> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/**
 * A file as a stream of its bytes, unpacked when it is gzip, with how much of it has been read.
 * @param longest how many bytes it may unpack to
 */
export async function openBytes(
  path: string,
  longest = MAX_UNPACKED,
): Promise<{ stream: AsyncIterable<Uint8Array>; progress: () => number; release: () => void }> {
  const [head, { size }] = await Promise.all([readHead(path, 2), stat(path)])
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  const gzipped = head[0] === 0x1f && head[1] === 0x8b
  const stream = gzipped ? file.pipe(createGunzip()) : file
  file.on('error', (error) => stream.destroy(error))
  return {
    stream: gzipped ? intact(stream, longest) : stream,
    progress: () => (size === 0 ? 1 : Math.min(1, file.bytesRead / size)),
    release: () => {
      file.destroy()
      stream.destroy()
    },
  }
}

/** The text of a stream, piece by piece. Bytes that are no text of this encoding are an error, never a question mark. */
export async function* decode(stream: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  try {
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true })
      if (text !== '') yield text
    }
    const rest = decoder.decode()
    if (rest !== '') yield rest
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw unreadable(`it holds bytes that are no ${encoding} text; choose its encoding`, error)
    throw error
  }
}

async function* intact(stream: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of stream) {
      bytes += chunk.length
      if (bytes > longest) throw unreadable(`unpacked it is longer than ${longest / 2 ** 30} GiB; cut it in parts`)
      yield chunk
    }
  } catch (error) {
    throw asDamage(error, 'its gzip data is damaged or cut off')
  }
}

/** What an unpacker says of the file's own bytes, as a refusal of the file; what the disk says passes as it is. */
export function asDamage(error: unknown, why: string): unknown {
  // Neither refusals, nor errors of the system, nor those of a program.
  if (!(error instanceof Error) || error.name !== 'Error' || error instanceof FileImportError || 'syscall' in error) return error
  return unreadable(why, error)
}

export function unreadable(why: string, cause?: unknown): FileImportError {
  return new FileImportError('bad-input', 'file_unreadable', `The file cannot be read: ${why}.`, {
    field: 'file',
    allowed: 'CSV, JSON lines (both gzipped or not), or an Excel file (.xlsx)',
    cause,
  })
}

/** Names that are all there and all different: an empty one becomes "Column 3", one that comes again "Name (2)". */
export function nameColumns(header: readonly unknown[]): string[] {
  const used = new Map<string, number>()
  return header.map((cell, index) => {
    const said = typeof cell === 'string' || typeof cell === 'number' ? String(cell).trim().slice(0, 290) : ''
    const name = said === '' ? `Column ${index + 1}` : said
    const times = (used.get(name) ?? 0) + 1
    used.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
