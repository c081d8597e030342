import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import type { LeafCondition } from '../builder/tree.ts'
import { editorOf } from './registry.ts'

/** What a condition looks like in its editor. */
function show(condition: LeafCondition): string {
  const { Editor } = editorOf(condition)
  const editor = createElement(Editor, { condition, onChange: () => undefined, isWrong: () => false })
  return renderToStaticMarkup(
    createElement(QueryClientProvider, { client: new QueryClient() }, createElement(MantineProvider, null, editor)),
  )
}
const measure = (of: 'first' | 'sum'): LeafCondition => ({
  kind: 'measure',
  measure: { of, property: 'total', event: 'Order Completed', between: { from: '2026-01-01', to: '2026-01-31' } },
  compare: { op: 'at-least', value: 5 },
})

it('the window of the first event is shown, and only such as do not move are offered', () => {
  const first = show(measure('first'))
  expect(first).toContain('2026-01-01')
  expect(first).toContain('2026-01-31')
  expect(first).not.toContain('in the last (calendar days)')
  expect(show(measure('sum'))).toContain('in the last (calendar days)')
})

it('where the same thing lies in the first step of a sequence is shown when it is said', () => {
  const sequence = (same: object): LeafCondition => ({
    kind: 'sequence',
    steps: [{ event: 'Product Added', ...same }, { event: 'Order Completed' }],
    same: 'product_id',
  })
  expect(show(sequence({ same: 'items[].id' }))).toContain('items[].id')
  expect(show(sequence({}))).not.toContain('Step 1: what the property is called here')
})
