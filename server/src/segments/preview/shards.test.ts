import { ClickHouseError } from '@clickhouse/client'
import { expect, test } from 'vitest'
import { historyUnavailable } from '../errors.ts'
import { askInTurns, SHARDS } from './shards.ts'

const short = historyUnavailable(
  new ClickHouseError({ code: '241', message: 'Query memory limit exceeded', type: 'MEMORY_LIMIT_EXCEEDED' }),
)

/** Asks a million people where no more shards than these fit into the memory of a query. @returns each shard that was answered for */
async function ask(fit: (from: number) => number, error: Error = short): Promise<number[]> {
  const asked: number[] = []
  await askInTurns(1_000_000, async ({ from, to }) => {
    if (to - from + 1 > fit(from)) throw error
    for (let shard = from; shard <= to; shard++) asked.push(shard)
  })
  return asked
}
const everyone = Array.from({ length: SHARDS }, (_, shard) => shard)

test('everybody is asked once, also where fewer fit into the memory of a query', async () => {
  expect(await ask(() => SHARDS)).toEqual(everyone)
  expect(await ask(() => 3)).toEqual(everyone)
  expect(await ask((from) => (from < 20 ? SHARDS : 1))).toEqual(everyone)
})

test('where nothing more fits, those who were asked stand for all; where nothing fits at all, it says so', async () => {
  expect(await ask((from) => (from < 20 ? SHARDS : 0))).toEqual(everyone.slice(0, 25))
  await expect(ask(() => 0)).rejects.toThrow('needs more memory than ClickHouse may use')
})

test('any other trouble is no matter of size', async () => {
  await expect(ask(() => 2, new Error('away'))).rejects.toThrow('away')
})
