import { copyNode, dropNode, moveNode } from './moves.ts'
import type { Move } from './moves.ts'
import { deepest, depthOf, findNode, insertNode, makeGroup, makeLeaf, removeNode, replaceNode, standsIn } from './tree.ts'
import type { GroupNode, Join, LeafCondition, LeafNode } from './tree.ts'

/** What is edited. */
export interface Draft {
  readonly name: string
  readonly description: string
  readonly root: GroupNode
}

/** What has the focus after a step: a row's first field, the handle of a row or group, or the button that adds to a group. */
export interface FocusWish {
  readonly node: string
  readonly part: 'field' | 'handle' | 'add'
}

/**
 * The draft with what can be undone and redone. Steps of the same sort on the same thing within a second are one, so that undo takes back
 * words and not letters. `news` is what a screen reader is told.
 */
export interface Editing {
  readonly past: readonly Draft[]
  readonly draft: Draft
  readonly future: readonly Draft[]
  readonly last: { readonly what: string; readonly at: number } | null
  readonly focus: FocusWish | null
  readonly news: string
}

export type Step =
  | { readonly kind: 'say'; readonly field: 'name' | 'description'; readonly value: string; readonly at: number }
  | { readonly kind: 'edit'; readonly node: string; readonly condition: LeafCondition; readonly at: number }
  | { readonly kind: 'join'; readonly node: string; readonly join: Join }
  | { readonly kind: 'add'; readonly parent: string; readonly condition: LeafCondition }
  | { readonly kind: 'add-group'; readonly parent: string }
  | { readonly kind: 'copy'; readonly node: string }
  | { readonly kind: 'remove'; readonly node: string }
  | { readonly kind: 'move'; readonly node: string; readonly move: Move }
  | { readonly kind: 'drop'; readonly node: string; readonly into: string; readonly before: number }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'saved' }

/** How many steps can be undone. */
const kept = 200

/** Steps on the same thing within so many ms are one. */
const together = 1_000

export const beginEditing = (draft: Draft): Editing => ({ past: [], draft, future: [], last: null, focus: null, news: '' })

export const joinWords = { all: 'all of these', any: 'any of these', none: 'none of these' } as const satisfies Record<Join, string>

export function edit(editing: Editing, step: Step): Editing {
  const { draft, past, future } = editing
  const { root } = draft
  switch (step.kind) {
    case 'say':
      return changed(editing, { ...draft, [step.field]: step.value }, { what: step.field, at: step.at })
    case 'edit': {
      const node: LeafNode = { kind: 'leaf', id: step.node, condition: step.condition }
      return changed(editing, { ...draft, root: replaceNode(root, node) }, { what: step.node, at: step.at })
    }
    case 'join': {
      const group = findNode(root, step.node)
      if (group?.kind !== 'group' || group.join === step.join) return editing
      return changed(editing, { ...draft, root: replaceNode(root, { ...group, join: step.join }) })
    }
    case 'add': {
      const node = makeLeaf(step.condition)
      return changed(
        editing,
        { ...draft, root: insertNode(root, step.parent, node) },
        null,
        { node: node.id, part: 'field' },
        'Condition added.',
      )
    }
    case 'add-group': {
      const parent = findNode(root, step.parent)
      if (parent?.kind !== 'group' || depthOf(root, step.parent) + 2 > deepest) return editing
      const group = makeGroup(parent.join === 'all' ? 'any' : 'all', [])
      return changed(
        editing,
        { ...draft, root: insertNode(root, step.parent, group) },
        null,
        { node: group.id, part: 'add' },
        'Group added.',
      )
    }
    case 'copy': {
      const node = findNode(root, step.node)
      const place = standsIn(root, step.node)
      if (node === undefined || place === undefined) return editing
      const copy = copyNode(node)
      const next = insertNode(root, place.parent.id, copy, place.at + 1)
      return changed(editing, { ...draft, root: next }, null, { node: copy.id, part: 'handle' }, 'Copied.')
    }
    case 'remove': {
      const place = standsIn(root, step.node)
      if (place === undefined) return editing
      const next = removeNode(root, step.node)
      const beside = place.parent.of[place.at + 1] ?? place.parent.of[place.at - 1]
      const host = findNode(next, place.parent.id) ?? next
      const focus: FocusWish = beside === undefined ? { node: host.id, part: 'add' } : { node: beside.id, part: 'handle' }
      return changed(editing, { ...draft, root: next }, null, focus, 'Removed. Undo brings it back.')
    }
    case 'move': {
      const next = moveNode(root, step.node, step.move)
      if (next === null) return { ...editing, focus: { node: step.node, part: 'handle' }, news: cannot[step.move] }
      return changed(editing, { ...draft, root: next }, null, { node: step.node, part: 'handle' }, standing(next, step.node))
    }
    case 'drop': {
      const next = dropNode(root, step.node, step.into, step.before)
      return next === null ? editing : changed(editing, { ...draft, root: next }, null, null, standing(next, step.node))
    }
    case 'undo': {
      const before = past.at(-1)
      if (before === undefined) return editing
      return { past: past.slice(0, -1), draft: before, future: [draft, ...future], last: null, focus: null, news: 'Undone.' }
    }
    case 'redo': {
      const [next, ...rest] = future
      if (next === undefined) return editing
      return { past: [...past, draft], draft: next, future: rest, last: null, focus: null, news: 'Done again.' }
    }
    case 'saved':
      return { ...editing, last: null, focus: null }
    default:
      return step satisfies never
  }
}

const cannot: Record<Move, string> = {
  up: 'It is the first already.',
  down: 'It is the last already.',
  in: 'Groups cannot stand deeper than this.',
  out: 'It stands in no group.',
}

function changed(editing: Editing, draft: Draft, last: Editing['last'] = null, focus: FocusWish | null = null, news = ''): Editing {
  const goesOn = last !== null && editing.last !== null && last.what === editing.last.what && last.at - editing.last.at < together
  return { past: goesOn ? editing.past : [...editing.past, editing.draft].slice(-kept), draft, future: [], last, focus, news }
}

/** `2 of 3 in “all of these”`, and how deep. */
function standing(root: GroupNode, id: string): string {
  const place = standsIn(root, id)
  if (place === undefined) return ''
  const { parent } = place
  const depth = depthOf(root, parent.id)
  return `Moved: now number ${place.at + 1} of ${parent.of.length} in ${depth === 0 ? 'the segment' : `a group at level ${depth}`}, ${joinWords[parent.join]}.`
}
