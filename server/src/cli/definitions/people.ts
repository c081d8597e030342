import { journeySchema, segmentSchema, type Definition, type RouteResponse, type SegmentDefinition } from '@throughline/contracts'
import { CallError, callServer, type Server } from '../api-client.ts'
import type { FileDefinition } from './read-files.ts'

/** Whom a change concerns. */
export type PeopleOf =
  | { readonly kind: 'segment'; readonly before: number; readonly after: number; readonly entering: number; readonly leaving: number }
  | { readonly kind: 'journey'; readonly inside: number }
  /** Cannot be counted before it is published. */
  | { readonly kind: 'unknown'; readonly why: string }

type Results = RouteResponse<'applyDefinitions'>['results']

/**
 * For each definition that would change, whom that concerns: who would enter and leave a segment, who is inside a journey and
 * finishes on the version of now. Templates and computed traits concern nobody by themselves.
 */
export async function countPeople(
  server: Server,
  definitions: readonly FileDefinition[],
  results: Results,
): Promise<(Results[number] & { people?: PeopleOf })[]> {
  const counted = []
  // One after the other: each is a question about everybody.
  for (const [index, result] of results.entries()) {
    const people = result.change === 'unchanged' ? undefined : await count(server, definitions[index]!.value, result)
    counted.push(people === undefined ? result : { ...result, people })
  }
  return counted
}

async function count(server: Server, raw: unknown, { change }: Results[number]): Promise<PeopleOf | undefined> {
  const definition = (journeySchema.safeParse(raw).data ?? segmentSchema.safeParse(raw).data) as Definition | undefined
  switch (definition?.kind) {
    case 'segment':
      return countSegment(server, definition, change === 'new')
    case 'journey': {
      if (change === 'new') return undefined
      const { inside } = await callServer(server, 'journey', { params: { id: definition.id }, query: {} })
      return { kind: 'journey', inside }
    }
    default:
      return undefined
  }
}

async function countSegment(server: Server, { id, where, archived }: SegmentDefinition, isNew: boolean): Promise<PeopleOf> {
  const published = isNew ? null : await callServer(server, 'segment', { params: { id } })
  if (archived === true) return { kind: 'segment', before: published?.size ?? 0, after: 0, entering: 0, leaving: published?.size ?? 0 }
  try {
    const overlap = published === null || published.archived ? [] : [id]
    const found = await callServer(server, 'previewSegment', { body: { where, parts: ['overlap'], overlap } })
    const [now] = found.overlap ?? []
    return {
      kind: 'segment',
      before: now?.size ?? 0,
      after: found.size,
      entering: found.size - (now?.both ?? 0),
      leaving: (now?.size ?? 0) - (now?.both ?? 0),
    }
  } catch (error) {
    // It may ask about what comes with the same files, or the history is away for now.
    if (!(error instanceof CallError) || error.answer === null) throw error
    return { kind: 'unknown', why: error.message }
  }
}

const number = new Intl.NumberFormat('en')

/** `1,204 people now, 1,310 then: 150 enter, 44 leave`. */
export function describePeople(people: PeopleOf): string {
  switch (people.kind) {
    case 'segment':
      return `${number.format(people.before)} people now, ${number.format(people.after)} then: ${number.format(people.entering)} enter, ${number.format(people.leaving)} leave`
    case 'journey':
      return `${number.format(people.inside)} inside ${people.inside === 1 ? 'finishes' : 'finish'} on the version of now`
    case 'unknown':
      return `people not counted: ${people.why}`
    default:
      return people satisfies never
  }
}
