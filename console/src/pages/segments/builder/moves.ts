import { deepest, depthOf, findNode, heightOf, insertNode, makeGroup, makeLeaf, newId, removeNode, replaceNode, standsIn } from './tree.ts'
import type { GroupNode, TreeNode } from './tree.ts'

/** The ways in which a row or a group can be moved one step. */
export type Move = 'up' | 'down' | 'in' | 'out'

/**
 * The tree after one step. Up and down go past what stands beside it, and at the edge of a group out of it. In goes into the group
 * above it, or else below it, or else into a new one of its own; out goes behind the group that it stands in.
 * `null` when there is no such step.
 */
export function moveNode(root: GroupNode, id: string, move: Move): GroupNode | null {
  const place = standsIn(root, id)
  if (place === undefined) return null
  const { parent, at } = place
  const node = parent.of[at]!
  switch (move) {
    case 'up':
      return at > 0 ? replaceNode(root, { ...parent, of: swap(parent.of, at - 1) }) : leave(root, node, parent, 0)
    case 'down':
      return at < parent.of.length - 1 ? replaceNode(root, { ...parent, of: swap(parent.of, at) }) : leave(root, node, parent, 1)
    case 'out':
      return leave(root, node, parent, 1)
    case 'in': {
      const above = parent.of[at - 1]
      const below = parent.of[at + 1]
      const host = above?.kind === 'group' ? above : below?.kind === 'group' ? below : undefined
      if (depthOf(root, id) + heightOf(node) + 1 > deepest) return null
      if (host === undefined) return replaceNode(root, { ...parent, of: parent.of.toSpliced(at, 1, ownGroup(parent, node)) })
      return insertNode(removeNode(root, id), host.id, node, host === above ? undefined : 0)
    }
    default:
      return move satisfies never
  }
}

/** A group of its own says the other of all and any than what it stands in, since the same would change nothing. */
const ownGroup = (parent: GroupNode, node: TreeNode): GroupNode => makeGroup(parent.join === 'all' ? 'any' : 'all', [node])

const swap = (of: readonly TreeNode[], at: number): readonly TreeNode[] => of.toSpliced(at, 2, of[at + 1]!, of[at]!)

function leave(root: GroupNode, node: TreeNode, parent: GroupNode, behind: 0 | 1): GroupNode | null {
  const place = standsIn(root, parent.id)
  if (place === undefined) return null
  const grand = place.parent
  const without = { ...parent, of: parent.of.filter((child) => child.id !== node.id) }
  const kept = without.of.length === 0 ? [] : [without]
  return replaceNode(root, { ...grand, of: grand.of.toSpliced(place.at, 1, ...(behind === 1 ? [...kept, node] : [node, ...kept])) })
}

/** The tree with a node dropped into a group, before the child that stands at `at`; `null` where it would stand in itself or too deep. */
export function dropNode(root: GroupNode, id: string, into: string, at: number): GroupNode | null {
  const node = findNode(root, id)
  const place = standsIn(root, id)
  const target = findNode(root, into)
  if (node === undefined || place === undefined || target?.kind !== 'group') return null
  if (node.kind === 'group' && findNode(node, into) !== undefined) return null
  if (depthOf(root, into) + heightOf(node) + 1 > deepest) return null
  if (place.parent.id === into) {
    if (at === place.at || at === place.at + 1) return null
    const rest = place.parent.of.toSpliced(place.at, 1)
    return replaceNode(root, { ...place.parent, of: rest.toSpliced(at > place.at ? at - 1 : at, 0, node) })
  }
  // First in, then out: the group that it leaves may vanish, and with it nothing that the target stands in.
  const marker = { ...node, id: newId() }
  const inside = insertNode(root, into, marker, at)
  return replaceId(removeNode(inside, id), marker.id, id)
}

function replaceId(root: GroupNode, from: string, to: string): GroupNode {
  const found = findNode(root, from)
  const place = standsIn(root, from)
  if (found === undefined || place === undefined) return root
  return replaceNode(root, { ...place.parent, of: place.parent.of.toSpliced(place.at, 1, { ...found, id: to }) })
}

/** A copy of a node, with ids of its own. */
export function copyNode(node: TreeNode): TreeNode {
  return node.kind === 'leaf' ? makeLeaf(node.condition) : makeGroup(node.join, node.of.map(copyNode))
}
