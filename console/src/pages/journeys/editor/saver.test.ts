import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiFailure } from '../../../api/failure.ts'
import { makeSaver } from './saver.ts'
import type { SaveState } from './saver.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server that keeps one text under a revision, as the real one does. */
function begin() {
  const server = { revision: 1, text: 'a', fails: null as ApiFailure | null, calls: 0 }
  const states: string[] = []
  const saver = makeSaver({
    revision: 1,
    basedOn: 0,
    kept: 'a',
    savedAt: 0,
    tell: (state: SaveState) => void states.push(state.kind),
    save: async (text, revision) => {
      server.calls += 1
      await Promise.resolve()
      if (server.fails !== null) throw server.fails
      if (revision !== server.revision) throw new ApiFailure({ kind: 'refused', request: '', status: 409, message: 'draft_changed' })
      server.text = text
      server.revision += 1
      return { revision: server.revision, savedAt: Date.now(), savedBy: 'me' }
    },
  })
  return { server, states, saver }
}

it('saves the newest text a moment after the last change, and not what is kept already', async () => {
  const { server, saver, states } = begin()
  saver.change('ab')
  saver.change('abc')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(server).toMatchObject({ text: 'abc', calls: 1, revision: 2 })
  saver.change('abcd')
  saver.change('abc')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(server.calls).toBe(1)
  expect(states.at(-1)).toBe('saved')
})

it('saves what was changed while it saved', async () => {
  const { server, saver } = begin()
  saver.change('b')
  const flushed = saver.flush()
  saver.change('c')
  expect(await flushed).toBe(true)
  expect(server.text).toBe('c')
})

it('tries again while the server is away, and not when it refuses what is said', async () => {
  const { server, saver, states } = begin()
  server.fails = new ApiFailure({ kind: 'unreachable', request: '', status: 0, message: '' })
  saver.change('b')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(states.at(-1)).toBe('failed')
  server.fails = null
  await vi.advanceTimersByTimeAsync(5_000)
  expect(server.text).toBe('b')
  server.fails = new ApiFailure({ kind: 'refused', request: '', status: 400, message: '' })
  saver.change('c')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.calls).toBe(3)
})

it('writes over nobody: once overtaken it waits, and then saves over theirs or takes it', async () => {
  const { server, saver, states } = begin()
  Object.assign(server, { revision: 5, text: 'theirs' })
  saver.change('mine')
  await vi.advanceTimersByTimeAsync(1_000)
  saver.change('mine too')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server).toMatchObject({ text: 'theirs', calls: 1 })
  expect(states.at(-1)).toBe('overtaken')
  saver.resume(5, 'theirs', 0, 0)
  await vi.advanceTimersByTimeAsync(0)
  expect(server.text).toBe('mine too')
  saver.change('theirs again')
  Object.assign(server, { revision: 9, text: 'theirs again' })
  saver.resume(9, 'theirs again', 0, 0)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server).toMatchObject({ text: 'theirs again', calls: 2 })
})
