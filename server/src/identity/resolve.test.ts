import type { Identifier } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { keyOf } from './keys.ts'
import { resolve, sortByStrength, type Resolved } from './resolve.ts'

const user = (value: string): Identifier => ({ kind: 'user_id', value })
const email = (value: string): Identifier => ({ kind: 'email', value })
const device = (value: string): Identifier => ({ kind: 'anonymous_id', value })

function run(items: Identifier[][], profiles: Record<string, Identifier[]> = {}): Resolved {
  let profile = 0
  let merge = 0
  const members = new Map(Object.entries(profiles).map(([id, all]) => [id, all.map(keyOf)]))
  const owners = new Map([...members].flatMap(([id, keys]) => keys.map((key): [string, string] => [key, id])))
  return resolve(
    items.map(sortByStrength),
    { owners, members },
    () => `new-${++profile}`,
    () => `merge-${++merge}`,
  )
}

describe('resolve', () => {
  it('makes a new profile for the second user id with the same e-mail address', () => {
    const { profiles, merges } = run([
      [user('abc123'), email('jane@example.com')],
      [user('abc456'), email('jane@example.com')],
      [email('jane@example.com')],
    ])
    expect(profiles).toEqual(['new-1', 'new-2', 'new-1'])
    expect(merges).toEqual([])
  })

  it('joins an anonymous device to the known person, history and all', () => {
    const { profiles, merges } = run([[device('phone')], [user('u1'), device('phone')], [user('u1'), device('laptop')], [device('laptop')]])
    expect(new Set(profiles)).toEqual(new Set(['new-1']))
    expect(merges).toEqual([])
  })

  it('merges into the profile created first and says what moved', () => {
    const { profiles, merges } = run([[user('u1'), device('d2')]], { p1: [user('u1')], p0: [device('d2'), email('a@b.example')] })
    expect(profiles).toEqual(['p0'])
    expect(merges).toEqual([{ id: 'merge-1', winner: 'p0', loser: 'p1', reason: 'shared identifiers', moved: [user('u1')] }])
  })

  it('leaves a device shared by two users where it is', () => {
    const { profiles, merges, added } = run([[user('u2'), device('shared')], [device('shared')]], { p1: [user('u1'), device('shared')] })
    expect(profiles).toEqual(['new-1', 'p1'])
    expect(merges).toEqual([])
    expect(added).toEqual(new Map([['user_id:u2', 'new-1']]))
  })

  it('leaves out only what breaks the limit and joins the weaker identifier that does not', () => {
    const { profiles, merges } = run([[user('u2'), email('jane@x.example'), device('d')]], {
      p1: [user('u1'), email('jane@x.example')],
      p2: [device('d')],
    })
    expect(profiles).toEqual(['p2'])
    expect(merges).toEqual([])
  })

  it('keeps at most 200 devices for one person', () => {
    const devices = Array.from({ length: 200 }, (_, n) => device(`d${n}`))
    const { profiles, added } = run([[user('u1'), device('one-more')]], { p1: [user('u1'), ...devices] })
    expect(profiles).toEqual(['p1'])
    expect(added.size).toBe(0)
  })

  it('follows merges of one group to their end', () => {
    const { profiles, moved } = run([[user('u'), device('c')], [user('u'), device('a')], [device('c')]], {
      a: [device('a')],
      b: [user('u')],
      c: [device('c')],
    })
    expect(profiles).toEqual(['a', 'a', 'a'])
    expect(moved).toEqual(
      new Map([
        ['c', 'a'],
        ['b', 'a'],
      ]),
    )
  })
})
