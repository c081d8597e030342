import { readdirSync } from 'node:fs'
import { definitionSchema } from '@throughline/contracts'
import { validateDefinitions } from '@throughline/engine'
import { expect, test } from 'vitest'
import { checkTemplate } from '../templates/index.ts'
import { exampleFolder, readExamples, withShortWaits } from './examples.ts'

const examples = await readExamples()

test('every example is what the published schema allows', () => {
  expect(examples.length).toBeGreaterThan(12)
  for (const { file, raw } of examples) expect(definitionSchema.safeParse(raw).error?.issues ?? [], file).toEqual([])
  expect(readdirSync(exampleFolder).sort()).toEqual(['journeys', 'mappings', 'segments', 'templates'])
})

test('the examples fit each other: no journey names a template, channel or step that is not there', () => {
  expect(
    validateDefinitions(
      examples.map(({ raw }) => definitionSchema.parse(raw)),
      [],
    ),
  ).toEqual([])
})

test('every example template renders, also for somebody of whom nothing is known', async () => {
  for (const { raw } of examples) {
    const definition = definitionSchema.parse(raw)
    if (definition.kind === 'template') expect(await checkTemplate(definition), definition.id).toEqual([])
  }
})

test('shortened waits keep the journey and divide only its times', () => {
  const cart = examples.map(({ raw }) => definitionSchema.parse(raw)).find(({ id }) => id === 'cart-recovery')
  if (cart?.kind !== 'journey') throw new Error('no cart-recovery')
  const short = withShortWaits(cart, 60)
  if (short.kind !== 'journey') throw new Error('no journey')
  expect(short.steps['wait-for-checkout']).toEqual({ ...cart.steps['wait-for-checkout'], upTo: '1 minute' })
  expect(short.steps['wait-for-click']).toMatchObject({ upTo: '24 minutes' })
  expect(short.entry?.reentry).toEqual({ kind: 'after', time: '24 minutes' })
  expect(Object.keys(short.steps)).toEqual(Object.keys(cart.steps))
  expect(short.steps['remind-by-email']).toEqual(cart.steps['remind-by-email'])
})
