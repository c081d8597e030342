import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { withNextAhead, type Life, type Part } from './read-lives.ts'

/** Parts with two people each, which write down what becomes of them; the one of this number breaks. */
function makeParts(count: number, broken?: number): { readonly parts: Part[]; readonly told: string[] } {
  const told: string[] = []
  async function* livesOf(part: number): AsyncGenerator<Life> {
    told.push(`asked for ${part}`)
    try {
      await nextTurn()
      if (part === broken) throw new Error(`part ${part} cannot be read`)
      for (const person of ['a', 'b']) yield { id: `${part}${person}`, events: [] }
    } finally {
      told.push(`done with ${part}`)
    }
  }
  return { told, parts: Array.from({ length: count }, (_, part) => ({ share: 1 / count, lives: livesOf(part) })) }
}

it('asks for the next part before it goes through the one that is there, and for no more', async () => {
  const { parts, told } = makeParts(3)
  for await (const { share, lives } of withNextAhead(parts)) {
    expect(share).toBe(1 / 3)
    for await (const { id } of lives) told.push(id)
  }
  expect(told.join(', ')).toBe('asked for 0, asked for 1, 0a, 0b, done with 0, asked for 2, 1a, 1b, done with 1, 2a, 2b, done with 2')
})

it('goes through nothing where there is nothing', async () => {
  for await (const _ of withNextAhead([])) expect.unreachable()
})

it('lets go of the part ahead, and of the one that it is in, when nobody wants more', async () => {
  const { parts, told } = makeParts(3)
  for await (const { lives } of withNextAhead(parts)) {
    for await (const { id } of lives) if (id === '0a') break
    break
  }
  await nextTurn()
  await nextTurn()
  expect(told.toSorted()).toEqual(['asked for 0', 'asked for 1', 'done with 0', 'done with 1'])
})

it('tells of a part that cannot be read when its turn comes, and lets go of the next', async () => {
  const { parts, told } = makeParts(4, 1)
  const seen: string[] = []
  const goThrough = async (): Promise<void> => {
    for await (const { lives } of withNextAhead(parts))
      for await (const { id } of lives) {
        await nextTurn()
        seen.push(id)
      }
  }
  await expect(goThrough()).rejects.toThrow('part 1 cannot be read')
  await nextTurn()
  await nextTurn()
  expect(seen).toEqual(['0a', '0b'])
  expect(told.filter((one) => one.startsWith('done')).toSorted()).toEqual(['done with 0', 'done with 1', 'done with 2'])
})
