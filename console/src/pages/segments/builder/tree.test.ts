import { describe, expect, it } from 'vitest'
import type { Condition } from '@throughline/contracts'
import { copyNode, dropNode, moveNode } from './moves.ts'
import type { Move } from './moves.ts'
import { countLeaves, deepest, findNode, fromCondition, placeOf, removeNode, standsIn, toCondition } from './tree.ts'
import type { GroupNode, TreeNode } from './tree.ts'

const did = (event: string): Condition => ({ kind: 'event', event, times: { op: 'at-least', n: 1 } })
/** The tree as a line: `all(a any(b c))`. */
const line = (node: TreeNode): string =>
  node.kind === 'group' ? `${node.join}(${node.of.map(line).join(' ')})` : 'event' in node.condition ? node.condition.event : '?'
const idOf = (root: GroupNode, event: string): string => {
  const find = (node: TreeNode): string | undefined =>
    node.kind === 'leaf' ? (line(node) === event ? node.id : undefined) : node.of.map(find).find((id) => id !== undefined)
  return find(root) ?? ''
}
const start = (): GroupNode =>
  fromCondition({
    kind: 'all',
    of: [
      did('a'),
      { kind: 'any', of: [did('b'), did('c')] },
      { kind: 'not', of: did('d') },
      { kind: 'not', of: { kind: 'any', of: [did('e'), did('f')] } },
    ],
  })

describe('a condition as a tree', () => {
  it('shows a negation as a group of which none holds, and comes back as it was', () => {
    const root = start()
    expect(line(root)).toBe('all(a any(b c) none(d) none(e f))')
    expect(toCondition(root).condition).toEqual({
      kind: 'all',
      of: [
        did('a'),
        { kind: 'any', of: [did('b'), did('c')] },
        { kind: 'not', of: did('d') },
        { kind: 'not', of: { kind: 'any', of: [did('e'), did('f')] } },
      ],
    })
  })

  it('puts a single condition into a group for editing and writes it bare again', () => {
    const root = fromCondition(did('a'))
    expect(line(root)).toBe('all(a)')
    expect(toCondition(root).condition).toEqual(did('a'))
  })

  it('keeps a single negation at the top', () => {
    const root = fromCondition({ kind: 'not', of: did('a') })
    expect(toCondition(root).condition).toEqual({ kind: 'not', of: did('a') })
  })

  it('finds the row and the field of a path', () => {
    const root = start()
    const { nodes } = toCondition(root)
    expect(placeOf('of.1.of.0.where.2.compare.value', nodes)).toEqual({ node: idOf(root, 'b'), field: 'where.2.compare.value' })
    expect(placeOf('of.2.of.event', nodes)).toEqual({ node: idOf(root, 'd'), field: 'event' })
    expect(placeOf('of.3.of.of.1.times.n', nodes)).toEqual({ node: idOf(root, 'f'), field: 'times.n' })
    expect(placeOf('of.3.of.of', nodes)).toEqual({ node: standsIn(root, idOf(root, 'f'))?.parent.id, field: 'of' })
    const single = fromCondition(did('a'))
    expect(placeOf('times.n', toCondition(single).nodes)).toEqual({ node: idOf(single, 'a'), field: 'times.n' })
  })
})

describe('moving', () => {
  const after = (event: string, move: Move): string => {
    const root = start()
    const moved = moveNode(root, idOf(root, event), move)
    return moved === null ? 'nothing' : line(moved)
  }

  it.each([
    ['a', 'down', 'all(any(b c) a none(d) none(e f))'],
    ['a', 'up', 'nothing'],
    ['a', 'in', 'all(any(a b c) none(d) none(e f))'],
    ['a', 'out', 'nothing'],
    ['b', 'up', 'all(a b any(c) none(d) none(e f))'],
    ['c', 'down', 'all(a any(b) c none(d) none(e f))'],
    ['c', 'in', 'all(a any(b all(c)) none(d) none(e f))'],
    ['d', 'out', 'all(a any(b c) d none(e f))'],
    ['f', 'down', 'all(a any(b c) none(d) none(e) f)'],
  ] as const)('%s one step %s', (event, move, expected) => {
    expect(after(event, move)).toBe(expected)
  })

  it('goes into no group that would stand too deep', () => {
    let root: GroupNode | null = fromCondition({ kind: 'all', of: [did('a'), did('b')] })
    for (let depth = 1; depth < deepest; depth += 1) root = root === null ? null : moveNode(root, idOf(root, 'b'), 'in')
    expect(root).not.toBeNull()
    expect(root === null ? undefined : moveNode(root, idOf(root, 'b'), 'in')).toBeNull()
  })

  it('keeps the id of what is dragged, and takes away a group that it leaves empty', () => {
    const root = start()
    const d = idOf(root, 'd')
    const any = standsIn(root, idOf(root, 'b'))!.parent.id
    const moved = dropNode(root, d, any, 1)!
    expect(line(moved)).toBe('all(a any(b d c) none(e f))')
    expect(findNode(moved, d)).toBeDefined()
    expect(line(dropNode(root, idOf(root, 'a'), root.id, 3)!)).toBe('all(any(b c) none(d) a none(e f))')
  })

  it('drops nothing into itself, nor where it stands already', () => {
    const root = start()
    const any = standsIn(root, idOf(root, 'b'))!.parent.id
    expect(dropNode(root, any, any, 0)).toBeNull()
    expect(dropNode(root, idOf(root, 'a'), root.id, 1)).toBeNull()
  })
})

it('a removed row takes its empty group along, but never the whole tree', () => {
  const root = start()
  expect(line(removeNode(root, idOf(root, 'd')))).toBe('all(a any(b c) none(e f))')
  const single = fromCondition(did('a'))
  expect(line(removeNode(single, idOf(single, 'a')))).toBe('all()')
})

it('a copy has the same words and other ids', () => {
  const root = start()
  const copy = copyNode(root)
  expect(line(copy)).toBe(line(root))
  expect(countLeaves(copy)).toBe(6)
  expect(copy.id).not.toBe(root.id)
})
