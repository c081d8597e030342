import {
  campaignSchema,
  definitionKinds,
  journeySchema,
  segmentSchema,
  templateSchema,
  traitDefinitionSchema,
  type Definition,
  type DefinitionKind,
  type Problem,
} from '@throughline/contracts'
import type { z } from 'zod'
import { problemsOf } from '../platform/http/index.ts'

const schemas: { readonly [K in DefinitionKind]: z.ZodType<Extract<Definition, { kind: K }>> } = {
  journey: journeySchema,
  campaign: campaignSchema,
  segment: segmentSchema,
  template: templateSchema,
  trait: traitDefinitionSchema,
}

export interface ParsedDefinitions {
  /** In the order given; null where one cannot be read. */
  readonly definitions: readonly (Definition | null)[]
  readonly problems: readonly Problem[]
}

/** Where a definition stands in what was sent: the beginning of every problem's `field`. */
export function placeOf(index: number): string {
  return `definitions[${index}]`
}

/** Reads definitions as somebody sent them. Each problem names its place: `definitions[2].steps.remind.template`. */
export function parseDefinitions(raw: readonly unknown[]): ParsedDefinitions {
  const problems: Problem[] = []
  const definitions = raw.map((one, index) => {
    const place = placeOf(index)
    const schema = schemaOf(one)
    if (schema === undefined) {
      const value = typeof one === 'object' && one !== null && 'kind' in one ? one.kind : undefined
      const stood = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`
      problems.push({
        field: `${place}.kind`,
        value: value === undefined ? undefined : String(value),
        allowed: definitionKinds.join(', '),
        message: `${place}.kind ${stood}; allowed: ${definitionKinds.join(', ')}.`,
      })
      return null
    }
    const result = schema.safeParse(one)
    if (result.success) return result.data
    problems.push(...problemsOf(result.error, one, place))
    return null
  })
  problems.push(...findTwins(definitions))
  return { definitions, problems }
}

function schemaOf(raw: unknown): z.ZodType<Definition> | undefined {
  if (typeof raw !== 'object' || raw === null || !('kind' in raw)) return undefined
  const kind = definitionKinds.find((one) => one === raw.kind)
  return kind === undefined ? undefined : schemas[kind]
}

function findTwins(definitions: readonly (Definition | null)[]): Problem[] {
  const first = new Map<string, number>()
  return definitions.flatMap((definition, index) => {
    if (definition === null) return []
    const key = `${definition.kind} ${definition.id}`
    const earlier = first.get(key)
    if (earlier === undefined) {
      first.set(key, index)
      return []
    }
    const field = `${placeOf(index)}.id`
    return [
      {
        field,
        value: definition.id,
        allowed: 'an id that no other definition of its kind has',
        message: `${field}: the ${definition.kind} "${definition.id}" stands here twice, first as ${placeOf(earlier)}.`,
      },
    ]
  })
}
