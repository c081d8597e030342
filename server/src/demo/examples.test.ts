import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { definitionSchema, journeyAnswersSchema } from '@throughline/contracts'
import { draftFromAnswers, readAnswers, validateDefinitions } from '@throughline/engine'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkTemplate } from '../templates/index.ts'
import { exampleFolder, readExamples, readWorkedExample, withShortWaits } from './examples.ts'

const examples = await readExamples()

test('every example is what the published schema allows', () => {
  expect(examples.length).toBeGreaterThan(12)
  for (const { file, raw } of examples) expect(definitionSchema.safeParse(raw).error?.issues ?? [], file).toEqual([])
  expect(readdirSync(exampleFolder).sort()).toEqual(['journeys', 'mappings', 'segments', 'templates', 'worked'])
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

test('the worked example is the journey that its seventeen answers draw, and gives them back', async () => {
  const worked = await readWorkedExample()
  const answers = journeyAnswersSchema.parse(parse(await readFile(join(exampleFolder, 'worked/answers.yaml'), 'utf8')))
  const { journey, templates } = draftFromAnswers(answers, { id: 'first-order', templates: [] })
  expect(worked).toEqual([journey, ...templates])
  expect(validateDefinitions(worked, [])).toEqual([])
  for (const template of templates) expect(await checkTemplate(template), template.id).toEqual([])
  const { link: _, aboutADay: __, ...said } = answers
  expect(readAnswers(journey, worked)).toMatchObject(said)
})
