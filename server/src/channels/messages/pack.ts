import { promisify } from 'node:util'
import { constants, deflateSync, gunzip, inflate } from 'node:zlib'
import { messageDetailSchema } from '@throughline/contracts'
import type { Skeleton } from '../../templates/index.ts'
import type { Content } from '../port.ts'
import { DELTA, frameDelta, unframeDelta } from './delta.ts'

const gunzipped = promisify(gunzip)
const inflated = promisify(inflate)

/** Texts as long as this stand behind the JSON as they are: writing them as JSON and back costs half of what packing does. */
const LONG_TEXT = 200
/** Longer ones would not stand in the row itself but beside it, which costs PostgreSQL as much again (TOAST). */
const LONGEST_PLAIN = 1_800
/** UTF-8 of a string is at most three bytes for each of its UTF-16 code units. */
const MOST_BYTES = 3
const LF = 10

/**
 * How a copy is compressed. At once, not on a thread of the pool: making a stream for each message costs six times the compressing.
 * A window of 8 KB and little memory lose a hundredth of the size; the state of zlib that goes with the defaults is 256 KB, got and
 * given back for each message, and on a virtual machine the pages of it cost as much as the compressing. Small chunks spare a buffer.
 */
export const FAST = { level: constants.Z_BEST_SPEED, windowBits: 13, memLevel: 5, chunkSize: 4_096 }

/** Where a copy is put together before it is compressed; longer ones get room of their own. */
const ROOM = Buffer.allocUnsafeSlow(256 * 1_024)

/**
 * What a message looked like, as it is compressed for `message_contents`: one line of JSON `[content, name, bytes, name, bytes …]`, content
 * without its long texts, and after it these, in UTF-8, in turn. Where its texts are made of a skeleton that is kept, as delta.ts writes it.
 * @param isKept whether a skeleton can be found when the copy is read
 */
export function frame(content: Content, isKept: (skeleton: Skeleton) => boolean = () => false): Uint8Array {
  return frameDelta(content, isKept) ?? frameWhole(content)
}

function frameWhole(content: Content): Uint8Array {
  const rest: Record<string, unknown> = {}
  const head: unknown[] = [rest]
  const texts: { readonly text: string; readonly bytes: number }[] = []
  let most = 0
  for (const [name, value] of Object.entries(content)) {
    if (typeof value === 'string' && value.length >= LONG_TEXT) {
      const bytes = Buffer.byteLength(value)
      head.push(name, bytes)
      texts.push({ text: value, bytes })
      most += bytes
    } else rest[name] = value
  }
  const line = `${JSON.stringify(head)}\n`
  most += line.length * MOST_BYTES
  const room = most > ROOM.length ? Buffer.allocUnsafeSlow(most) : ROOM
  let end = room.write(line, 0)
  // Where each character is one byte, writing them as Latin-1 says the same, and is a copy of memory.
  for (const { text, bytes } of texts) end += room.write(text, end, bytes === text.length ? 'latin1' : 'utf8')
  // A copy, since the room is written anew for the next one.
  return Uint8Array.prototype.slice.call(room, 0, end)
}

/** A frame as it is kept: zlib (RFC 1950), but for short ones that zlib would not make much shorter. At once; {@link makePacker} has it done beside. */
export function compress(framed: Uint8Array): Buffer {
  return isShort(framed) ? Buffer.from(framed.buffer, framed.byteOffset, framed.length) : deflateSync(framed, FAST)
}

/** Whether a frame is kept as it is: what is left of an e-mail without its skeleton is mostly signed links. */
export function isShort(framed: Uint8Array): boolean {
  return framed[0] === DELTA && framed.length <= LONGEST_PLAIN
}

/**
 * Reads a copy back; those of before were gzip of JSON.
 * @param readSkeleton the skeleton of this SHA-256
 */
export async function unpack(packed: Buffer, readSkeleton: (hash: Buffer) => Promise<string>): Promise<Content | null> {
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b
  return messageDetailSchema.shape.content.parse(
    isGzip ? JSON.parse((await gunzipped(packed)).toString('utf8')) : await unframe(packed[0] === DELTA ? packed : await inflated(packed)),
  )

  async function unframe(framed: Buffer): Promise<unknown> {
    return framed[0] === DELTA ? unframeDelta(framed, readSkeleton) : unframeWhole(framed)
  }
}

function unframeWhole(bytes: Buffer): unknown {
  let at = bytes.indexOf(LF)
  const [rest, ...texts] = JSON.parse(bytes.toString('utf8', 0, at)) as [Record<string, unknown>, ...(string | number)[]]
  at += 1
  const content = { ...rest }
  for (let index = 0; index < texts.length; index += 2) {
    const end = at + Number(texts[index + 1])
    content[String(texts[index])] = bytes.toString('utf8', at, end)
    at = end
  }
  return content
}
