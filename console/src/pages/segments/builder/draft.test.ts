import { describe, expect, it } from 'vitest'
import type { EventCondition } from '@throughline/contracts'
import { ApiFailure } from '../../../api/failure.ts'
import { beginEditing, edit } from './draft.ts'
import type { Editing, Step } from './draft.ts'
import { ownProblems, serverProblems } from './problems.ts'
import { fromCondition, makeGroup, toCondition } from './tree.ts'

const did = (event: string): EventCondition => ({ kind: 'event', event, times: { op: 'at-least', n: 1 } })
const empty = (): Editing => beginEditing({ name: '', description: '', root: makeGroup('all', []) })
const after = (editing: Editing, ...steps: Step[]): Editing => steps.reduce(edit, editing)
const written = (editing: Editing): unknown => toCondition(editing.draft.root).condition

describe('undo', () => {
  it('takes back a burst of typing at once, and a later burst on its own', () => {
    let editing = after(empty(), { kind: 'say', field: 'name', value: 'V', at: 0 }, { kind: 'say', field: 'name', value: 'VI', at: 400 })
    editing = after(editing, { kind: 'say', field: 'name', value: 'VIP', at: 5_000 })
    editing = edit(editing, { kind: 'undo' })
    expect(editing.draft.name).toBe('VI')
    editing = edit(editing, { kind: 'undo' })
    expect(editing.draft.name).toBe('')
    editing = after(editing, { kind: 'redo' }, { kind: 'redo' })
    expect(editing.draft.name).toBe('VIP')
  })

  it('brings back what was removed, and forgets what was undone once something else is done', () => {
    const begun = empty()
    let editing = edit(begun, { kind: 'add', parent: begun.draft.root.id, condition: did('a') })
    const id = editing.draft.root.of[0]!.id
    editing = after(editing, { kind: 'remove', node: id })
    expect(editing.draft.root.of).toEqual([])
    editing = edit(editing, { kind: 'undo' })
    expect(written(editing)).toEqual(did('a'))
    editing = after(editing, { kind: 'edit', node: id, condition: did('b'), at: 0 }, { kind: 'redo' })
    expect(written(editing)).toEqual(did('b'))
  })
})

describe('what happens is said and the focus follows', () => {
  it('goes to the first field of what was added and to what stands beside what was removed', () => {
    const begun = empty()
    const root = begun.draft.root.id
    const editing = after(begun, { kind: 'add', parent: root, condition: did('a') }, { kind: 'add', parent: root, condition: did('b') })
    const [a, b] = editing.draft.root.of
    expect(editing.focus).toEqual({ node: b!.id, part: 'field' })
    expect(edit(editing, { kind: 'remove', node: b!.id }).focus).toEqual({ node: a!.id, part: 'handle' })
    expect(edit(editing, { kind: 'move', node: b!.id, move: 'up' }).news).toBe('Moved: now number 1 of 2 in the segment, all of these.')
    expect(edit(editing, { kind: 'move', node: a!.id, move: 'up' }).news).toBe('It is the first already.')
  })
})

describe('problems', () => {
  it('of the contract stand at their row and field', () => {
    const root = fromCondition({
      kind: 'all',
      of: [did('a'), { kind: 'not', of: { ...did(''), where: [{ property: 'total', compare: { op: 'at-least', value: Number.NaN } }] } }],
    })
    const none = root.of[1]
    const row = none?.kind === 'group' ? none.of[0]!.id : ''
    expect(ownProblems(toCondition(root))).toEqual([
      { node: row, field: 'event', words: 'Fill this in.' },
      { node: row, field: 'where.0.compare.value', words: 'Fill this in.' },
    ])
    const nothing = makeGroup('any', [])
    expect(ownProblems(toCondition(nothing))).toEqual([{ node: nothing.id, field: 'of', words: 'Add at least one.' }])
  })

  it.each(['definitions[0].where.of[1].times.n', 'body.where.of[1].times.n', 'where.of[1].times.n', 'body.definition.where.of[1].times.n'])(
    'of the server as %s stand there too',
    (field) => {
      const root = fromCondition({ kind: 'any', of: [did('a'), did('b')] })
      const error = new ApiFailure({
        kind: 'refused',
        request: '',
        status: 400,
        message: '',
        answer: {
          code: 'x',
          message: 'Refused.',
          problems: [{ field, value: 0, allowed: 'at least 1', message: `${field} is 0; allowed: at least 1.` }],
        },
      })
      expect(serverProblems(error, toCondition(root).nodes)).toEqual([
        { node: root.of[1]!.id, field: 'times.n', words: 'Allowed here: at least 1.' },
      ])
    },
  )

  it('of the server about a filter inside a condition that is the whole segment are found', () => {
    const root = fromCondition(did('a'))
    const error = new ApiFailure({
      kind: 'refused',
      request: '',
      status: 400,
      message: '',
      answer: { code: 'x', message: 'No such property.', field: 'body.where.where[0].property' },
    })
    expect(serverProblems(error, toCondition(root).nodes)).toEqual([
      { node: root.of[0]!.id, field: 'where.0.property', words: 'No such property.' },
    ])
  })
})
