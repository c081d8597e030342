import { setImmediate as immediate } from 'node:timers/promises'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { writeInBurst } from './burst.ts'

function wire(name: string, packets: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      packets.push(`${name}:${chunk.toString()}`)
      done()
    },
    writev(chunks, done) {
      packets.push(`${name}:${chunks.map(({ chunk }) => (chunk as Buffer).toString()).join('+')}`)
      done()
    },
  })
}

it('writes what several connections have to say in one go, each in one piece, after what goes on now', async () => {
  const packets: string[] = []
  const [a, b] = [wire('a', packets), wire('b', packets)]
  writeInBurst(a, Buffer.from('1'), Buffer.from('2'))
  await Promise.resolve()
  writeInBurst(b, Buffer.from('3'))
  expect(packets).toEqual([])
  await immediate()
  expect(packets).toEqual(['a:1+2', 'b:3'])
  writeInBurst(b, Buffer.from('4'))
  await immediate()
  expect(packets).toEqual(['a:1+2', 'b:3', 'b:4'])
})

it('is not held up by a connection that was hung up meanwhile', async () => {
  const packets: string[] = []
  const [gone, open] = [wire('gone', packets), wire('open', packets)]
  gone.on('error', () => undefined)
  writeInBurst(gone, Buffer.from('1'))
  writeInBurst(open, Buffer.from('2'))
  gone.destroy()
  await immediate()
  expect(packets).toEqual(['open:2'])
})
