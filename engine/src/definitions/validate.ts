import {
  eventNames,
  type CampaignDefinition,
  type ChannelKind,
  type Definition,
  type Problem,
  type SegmentDefinition,
  type TraitDefinition,
} from '@throughline/contracts'
import { leavesOf } from '../conditions/index.ts'
import { validateJourney, type Known } from '../journeys/index.ts'
import { findComparisonProblems } from './comparisons.ts'
import { findReferenceProblems, isArchived } from './references.ts'
import { usesOfSegment } from './uses.ts'
import { findHeavy, findWeightProblems } from './weights.ts'

export interface DefinitionProblem extends Problem {
  /** Index of the definition in the list. */
  readonly index: number
}

/**
 * What is wrong with definitions that are to be published together: what no schema of one alone can see.
 * @param existing the latest versions of what is published already; `list` replaces what has the same kind and id
 */
export function validateDefinitions(list: readonly Definition[], existing: readonly Definition[]): readonly DefinitionProblem[] {
  const templates = new Map<string, ChannelKind>()
  for (const definition of [...existing, ...list]) if (definition.kind === 'template') templates.set(definition.id, definition.channel)
  const known = new Map([...existing, ...list].map((definition) => [`${definition.kind}/${definition.id}`, definition]))
  const journeys = new Map([...known.values()].flatMap((one) => (one.kind === 'journey' ? [[one.id, one] as const] : [])))
  const heavy = findHeavy(known)
  const seen = new Map<string, number>()
  return list.flatMap((definition, index) => {
    const key = `${definition.kind}/${definition.id}`
    const twin = seen.get(key)
    seen.set(key, index)
    const problems = validateOne(definition, { templates, journeys })
    const twice: readonly Problem[] =
      twin === undefined
        ? []
        : [
            {
              field: 'id',
              value: definition.id,
              allowed: 'an id that no other definition of this kind has',
              message: `${definition.kind} "${definition.id}" is defined twice, as number ${twin + 1} and number ${index + 1}`,
            },
          ]
    // What is out of use asks nothing.
    const references = isArchived(definition)
      ? findUses(definition, known)
      : [...findReferenceProblems(definition, known), ...findWeightProblems(definition, known, heavy, list)]
    return [...twice, ...problems, ...findComparisonProblems(definition), ...references].map((problem) => ({
      ...problem,
      index,
    }))
  })
}

/** A segment that something uses cannot be archived. */
function* findUses({ id }: Definition, known: ReadonlyMap<string, Definition>): Iterable<Problem> {
  const uses = usesOfSegment(id, known.values())
  if (uses.length === 0) return
  const list = uses.map(({ kind, name }) => `the ${kind} “${name}”`).join(', ')
  yield {
    field: 'archived',
    value: true,
    allowed: 'a segment that nothing uses',
    message: `segment "${id}" is used in ${list}: take it out there before it is archived`,
  }
}

function validateOne(definition: Definition, known: Known): Iterable<Problem> {
  switch (definition.kind) {
    case 'journey':
      return validateJourney(definition, known)
    case 'campaign':
      return findTemplates(definition, known)
    case 'segment':
      return findSelfReference(definition)
    case 'trait':
      return findMembershipFacts(definition)
    case 'template': {
      if (definition.channel !== 'email' || (definition.mjml === undefined) !== (definition.html === undefined)) return []
      const both = definition.mjml !== undefined
      return [
        {
          field: both ? 'html' : 'mjml',
          value: undefined,
          allowed: 'exactly one of mjml and html',
          message: `template "${definition.id}" has ${both ? 'both mjml and html' : 'neither mjml nor html'}`,
        },
      ]
    }
    default:
      return definition satisfies never
  }
}

/** A campaign and its variants say what templates of its channel say. */
function* findTemplates({ id, message, variants = [], archived }: CampaignDefinition, { templates }: Known): Iterable<Problem> {
  if (archived === true) return
  const said = variants.flatMap(({ template }, index) =>
    template === undefined ? [] : [[template, `variants[${index}].template`] as const],
  )
  for (const [template, field] of [[message.template, 'message.template'] as const, ...said]) {
    const channel = templates.get(template)
    if (channel === message.channel) continue
    const fitting = [...templates].filter(([, of]) => of === message.channel).map(([one]) => one)
    yield {
      field,
      value: template,
      allowed: fitting.length === 0 ? `a template of the channel ${message.channel}; there is none yet` : `one of ${fitting.join(', ')}`,
      message: `campaign "${id}" sends the template "${template}", which ${channel === undefined ? 'does not exist' : `is one of the channel ${channel}`}`,
    }
  }
}

const membershipFacts: readonly string[] = [eventNames.segmentEntered, eventNames.segmentLeft]

/** A computed trait of what segments say could stand in a condition of these segments. */
function* findMembershipFacts({ id, value }: TraitDefinition): Iterable<Problem> {
  if (!membershipFacts.includes(value.event)) return
  yield {
    field: 'value.event',
    value: value.event,
    allowed: 'any other event',
    message: `computed trait "${id}" is about "${value.event}", and a segment could hang on it that it is about`,
  }
}

/** A segment of those who entered no segment would be left by entering it. */
function* findSelfReference({ id, where }: SegmentDefinition): Iterable<Problem> {
  for (const name of leavesOf(where).flatMap((leaf) => leaf.eventNames)) {
    if (!membershipFacts.includes(name)) continue
    yield {
      field: 'where',
      value: name,
      allowed: 'any other event; use the condition of the other segment itself',
      message: `segment "${id}" asks about "${name}", which could be about itself`,
    }
  }
}
