import { describe, expect, it } from 'vitest'
import { makeTurns, TurnLost } from './turns.ts'

/** What has become of a promise by now. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'waits'
  void promise.then(
    () => (state = 'came'),
    (error: unknown) => (state = error instanceof TurnLost ? 'lost' : 'failed'),
  )
  await new Promise((resolve) => setImmediate(resolve))
  return state
}

describe('makeTurns', () => {
  it('lets a group wait until all before it have ended, in whichever order they end', async () => {
    const turns = makeTurns()
    const [first, second, third] = [turns.next(), turns.next(), turns.next()]
    await first.wait()
    const waiting = third.wait()
    second.end()
    expect(await stateOf(waiting)).toBe('waits')
    first.end()
    expect(await stateOf(waiting)).toBe('came')
  })

  it('makes a waiting group give up its locks when the one before begins again, and lets it in after that', async () => {
    const turns = makeTurns()
    const [first, second] = [turns.next(), turns.next()]
    const waiting = second.wait()
    first.beginAgain()
    expect(await stateOf(waiting)).toBe('lost')
    const patient = second.waitWithoutLocks()
    expect(await stateOf(patient)).toBe('waits')
    first.end()
    await patient
    await second.wait()
  })

  it('takes no notice of a group that began again and has ended', async () => {
    const turns = makeTurns()
    const [first, second] = [turns.next(), turns.next()]
    first.beginAgain()
    first.end()
    await second.waitWithoutLocks()
    await second.wait()
  })
})
