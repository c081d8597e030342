import type { Condition } from '@throughline/contracts'

/** A condition that is not made of others: what a row of the builder shows. */
export type LeafCondition = Exclude<Condition, { kind: 'all' | 'any' | 'not' }>

export type Join = 'all' | 'any' | 'none'

/** A group as people think of one: all, any or none of what is in it. */
export interface GroupNode {
  readonly kind: 'group'
  readonly id: string
  readonly join: Join
  readonly of: readonly TreeNode[]
}

export interface LeafNode {
  readonly kind: 'leaf'
  readonly id: string
  readonly condition: LeafCondition
}

/** A node of the tree that is being edited. Ids are the builder's own: they keep focus and problems with their row while it moves. */
export type TreeNode = GroupNode | LeafNode

/** How deep groups may stand in groups; deeper ones can be read but no more be made. */
export const deepest = 5

let last = 0

export function newId(): string {
  last += 1
  return `n${last}`
}

export const makeLeaf = (condition: LeafCondition): LeafNode => ({ kind: 'leaf', id: newId(), condition })
export const makeGroup = (join: Join, of: readonly TreeNode[]): GroupNode => ({ kind: 'group', id: newId(), join, of })

/** The tree of a condition; its root is always a group. */
export function fromCondition(condition: Condition): GroupNode {
  const node = nodeOf(condition)
  return node.kind === 'group' ? node : makeGroup('all', [node])
}

function nodeOf(condition: Condition): TreeNode {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return makeGroup(condition.kind, condition.of.map(nodeOf))
    case 'not':
      return makeGroup('none', condition.of.kind === 'any' ? condition.of.of.map(nodeOf) : [nodeOf(condition.of)])
    default:
      return makeLeaf(condition)
  }
}

/** A condition, and by the path of each of its parts (`of.0.of`) the node that the part came from. */
export interface Written {
  readonly condition: Condition
  readonly nodes: ReadonlyMap<string, string>
}

/** The condition of a tree. A root that holds one thing is that thing, unless it is negated. */
export function toCondition(root: GroupNode): Written {
  const nodes = new Map<string, string>()
  const [only, more] = root.of
  if (root.join !== 'none' && only !== undefined && more === undefined) {
    nodes.set('', root.id)
    const condition = write(only, '')
    return { condition, nodes }
  }
  return { condition: write(root, ''), nodes }

  function write(node: TreeNode, path: string): Condition {
    nodes.set(path, node.id)
    if (node.kind === 'leaf') return node.condition
    const inside = (from: string) => node.of.map((child, index) => write(child, join(from, index)))
    if (node.join !== 'none') return { kind: node.join, of: inside(join(path, 'of')) }
    const [single, second] = node.of
    if (single !== undefined && second === undefined) return { kind: 'not', of: write(single, join(path, 'of')) }
    nodes.set(join(path, 'of'), node.id)
    return { kind: 'not', of: { kind: 'any', of: inside(join(path, 'of.of')) } }
  }
}

const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`)

/** The node at fault and the field in it, of a path in the condition such as `of.1.where.0.compare.value`. */
export function placeOf(path: string, nodes: Written['nodes']): { readonly node: string; readonly field: string } | undefined {
  const keys = path === '' ? [] : path.split('.')
  for (let length = keys.length; length >= 0; length -= 1) {
    const node = nodes.get(keys.slice(0, length).join('.'))
    if (node !== undefined) return { node, field: keys.slice(length).join('.') }
  }
  return undefined
}

/** Where a node stands: its parent and its place there. `undefined` for the root and for what is not in the tree. */
export function standsIn(root: GroupNode, id: string): { readonly parent: GroupNode; readonly at: number } | undefined {
  const at = root.of.findIndex((child) => child.id === id)
  if (at >= 0) return { parent: root, at }
  for (const child of root.of) {
    const found = child.kind === 'group' ? standsIn(child, id) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

export function findNode(root: GroupNode, id: string): TreeNode | undefined {
  if (root.id === id) return root
  const place = standsIn(root, id)
  return place?.parent.of[place.at]
}

/** How many groups stand around a node; 0 for the root. */
export function depthOf(root: GroupNode, id: string): number {
  const place = standsIn(root, id)
  return place === undefined ? 0 : depthOf(root, place.parent.id) + 1
}

/** Levels of groups from this node down: 0 for a row, 1 for a group of rows. */
export function heightOf(node: TreeNode): number {
  return node.kind === 'leaf' ? 0 : 1 + Math.max(0, ...node.of.map(heightOf))
}

export function countLeaves(node: TreeNode): number {
  return node.kind === 'leaf' ? 1 : node.of.reduce((sum, child) => sum + countLeaves(child), 0)
}

/** The tree with a node put in the place of the one with its id. */
export function replaceNode<N extends TreeNode>(within: N, node: TreeNode): N
export function replaceNode(within: TreeNode, node: TreeNode): TreeNode {
  if (within.id === node.id) return node
  if (within.kind === 'leaf') return within
  const of = within.of.map((child) => replaceNode(child, node))
  return of.every((child, index) => child === within.of[index]) ? within : { ...within, of }
}

/** The tree with a node added to a group, at the end or before the place `at`. */
export function insertNode(root: GroupNode, parent: string, node: TreeNode, at?: number): GroupNode {
  const group = findNode(root, parent)
  if (group?.kind !== 'group') return root
  return replaceNode(root, { ...group, of: group.of.toSpliced(at ?? group.of.length, 0, node) })
}

/** The tree without a node, and without groups that are empty because of it. */
export function removeNode(root: GroupNode, id: string): GroupNode {
  const place = standsIn(root, id)
  if (place === undefined) return root
  const { parent, at } = place
  if (parent.of.length === 1 && parent.id !== root.id) return removeNode(root, parent.id)
  return replaceNode(root, { ...parent, of: parent.of.toSpliced(at, 1) })
}
