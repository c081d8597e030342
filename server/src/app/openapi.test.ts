import { readFileSync } from 'node:fs'
import { routes } from '@throughline/contracts'
import { expect, test } from 'vitest'
import { makeOpenApi } from './openapi.ts'

const document = makeOpenApi('1.2.3') as {
  paths: Record<string, Record<string, { operationId: string }>>
  components: { schemas: Record<string, unknown> }
}

test('the document has every route of the table and no other', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
    ),
  )
  expect(described.sort()).toEqual(
    Object.entries(routes)
      .map(([name, route]) => `${name} ${route.method} ${route.path}`)
      .sort(),
  )
})

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!)
  expect(references.length).toBeGreaterThan(10)
  for (const reference of new Set(references))
    expect(document.components.schemas, reference).toHaveProperty([reference.replace('#/components/schemas/', '')])
})

test('docs/api.md lists the same routes, with who may call them', () => {
  const listed = [
    ...readFileSync('docs/api.md', 'utf8').matchAll(/^\| `(\w+)` \| `([^`]+)` \| (\S+) \| (.+?)(?: \(server-sent events\))? \|$/gm),
  ].map((row) => row.slice(1, 5).join(' '))
  expect(listed).toEqual(Object.values(routes).map(({ method, path, access, summary }) => `${method} ${path} ${access} ${summary}`))
})
