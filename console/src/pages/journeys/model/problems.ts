import { journeySchema } from '@throughline/contracts'
import type { Definition, JourneyDefinition, Problem } from '@throughline/contracts'
import { validateDefinitions, validateJourney } from '@throughline/engine'
import type { Draft } from './draft.ts'
import { titleOf } from './editing.ts'

/** What is wrong with one field of one step, or of the rules of the journey. */
export interface PlacedProblem {
  /** The step; `null` for the journey's name, entry, goal and exits. */
  readonly step: string | null
  /** A path in the step, or in the journey: `any.0.on.event`, `entry.on.event`. */
  readonly field: string
  readonly words: string
  /** Whether only something is still to be filled in. */
  readonly open: boolean
}

/** All that stands in the way of publishing a draft, found as the server would find it, by the same rules. */
export function problemsOf(draft: Draft, published: readonly Definition[]): readonly PlacedProblem[] {
  if (Object.keys(draft.steps).length === 0)
    return [...schemaProblems(draft), { step: null, field: 'start', words: 'Add a first step.', open: true }]
  const own = schemaProblems(draft)
  const seen = new Set(own.map(({ step, field }) => `${step} ${field}`))
  const parsed = journeySchema.safeParse(definitionOf(draft))
  const found = parsed.success ? validateDefinitions([parsed.data], published) : structureProblems(draft)
  return [...own, ...found.map((problem) => place(problem, draft)).filter(({ step, field }) => !seen.has(`${step} ${field}`))]
}

/** In full, so that what is found stands where it is edited; a list of nothing is left out. */
function definitionOf(draft: Draft): JourneyDefinition {
  const { goals, exits, entries, ...rest } = draft
  return {
    ...rest,
    entries: [...entries],
    ...(goals.length > 0 && { goals: [...goals] }),
    ...(exits.length > 0 && { exits: [...exits] }),
  }
}

/** While fields are open, at least what concerns the steps and their ways. */
function structureProblems(draft: Draft): readonly Problem[] {
  try {
    return validateJourney(definitionOf(draft), { templates: new Map(), journeys: new Map() }).filter(
      ({ field }) => !field.endsWith('.template') && !field.endsWith('.journey'),
    )
  } catch {
    // A condition that is not finished cannot be said in words yet.
    return []
  }
}

function schemaProblems(draft: Draft): readonly PlacedProblem[] {
  const parsed = journeySchema.safeParse(definitionOf(draft))
  if (parsed.success) return []
  return parsed.error.issues
    .filter(({ path }) => path[0] !== 'start')
    .map(({ path, message }) => {
      const value = valueAtPath(definitionOf(draft), path)
      const [words, open] = wordsOf(value, message)
      return { ...split(path.map(String).join('.')), words, open }
    })
}

/** A problem of the engine, at its step; its sentence names the step by its title and leaves the journey out, which is in view. */
function place({ field, message }: Problem, draft: Draft): PlacedProblem {
  const words = message
    .replaceAll(` of journey "${draft.id}"`, '')
    .replaceAll(/\b(the )?step "([^"]+)"/g, (_, the: string | undefined, id: string) => `${the ?? ''}step “${titleOf(draft, id)}”`)
  return { ...split(field), words: `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`, open: false }
}

function split(path: string): { readonly step: string | null; readonly field: string } {
  const [first, id, ...rest] = path.split('.')
  return first === 'steps' && id !== undefined ? { step: id, field: rest.join('.') } : { step: null, field: path }
}

function wordsOf(value: unknown, message: string): readonly [words: string, open: boolean] {
  if (value === '' || value === undefined || Number.isNaN(value)) return ['Fill this in.', true]
  if (Array.isArray(value) && value.length === 0) return ['Add at least one condition.', true]
  return [message.endsWith('.') ? message : `${message}.`, false]
}

function valueAtPath(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) at = at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined
  return at
}
