import type { AdAudienceFile, RouteResponse } from '@throughline/contracts'
import { CallError, callServer, type Server } from '../api-client.ts'
import { isAdAudience } from './kinds.ts'
import { FilesError, type Loaded } from './load.ts'
import { inOrder, meanTheSame } from './normal-form.ts'
import { audienceFileOf } from './published.ts'
import type { FileDefinition } from './read-files.ts'

interface Planned {
  readonly value: AdAudienceFile
  readonly written: FileDefinition
  readonly change: 'new' | 'changed' | 'unchanged'
}

interface Result {
  readonly kind: 'ad-audience'
  readonly id: string
  readonly change: Planned['change']
  readonly version: null
}

/**
 * What applying the ad audiences of files would change.
 * @param segments ids of segments in the same files
 * @throws FilesError that names the place, when one has another platform or segment than on the server, or its segment is nowhere
 */
export async function planAudiences(
  server: Server,
  audiences: readonly Loaded[],
  segments: readonly string[],
): Promise<readonly Planned[]> {
  if (audiences.length === 0) return []
  const { items } = await callServer(server, 'adAudiences', { query: {} })
  const before = new Map(items.map((one) => [one.id, audienceFileOf(one)]))
  const inForce = segmentsOf((await callServer(server, 'definitions', {})).items)
  const lines: string[] = []
  const planned = audiences.flatMap(({ value, written }): Planned[] => {
    if (!isAdAudience(value)) return []
    const stands = before.get(value.id)
    for (const field of ['platform', 'segment'] as const)
      if (stands !== undefined && stands[field] !== value[field])
        lines.push(
          `${written.place(field)}  ${field} is ${said(value[field])}, and ${said(stands[field])} on the server: it never changes. Make another ad audience under an id of its own.`,
        )
    if (stands === undefined && value.segment !== null && !segments.includes(value.segment) && !inForce.includes(value.segment))
      lines.push(`${written.place('segment')}  there is no segment "${value.segment}" in force, nor in these files.`)
    const change = stands === undefined ? 'new' : meanTheSame(inOrder(stands), inOrder(value)) ? 'unchanged' : 'changed'
    return [{ value, written, change }]
  })
  if (lines.length > 0) throw new FilesError('Nothing was published. These ad audiences do not fit:', lines)
  return planned
}

/** Makes and changes ad audiences. @param meanwhile what has been done by then, for whoever reads of a failure */
export async function setAudiences(server: Server, planned: readonly Planned[], meanwhile: string, dryRun: boolean): Promise<Result[]> {
  const results: Result[] = []
  for (const { value, written, change } of planned) {
    const { kind, id, name, topic } = value
    const { kind: _, ...body } = value
    if (change !== 'unchanged' && !dryRun)
      await (
        change === 'new'
          ? callServer(server, 'createAdAudience', { body })
          : callServer(server, 'setAdAudience', { params: { id }, body: { name, topic } })
      ).catch((error: unknown) => {
        if (!(error instanceof CallError) || error.answer === null) throw error
        throw new FilesError(`${meanwhile} This ad audience stays as it was:`, [
          `${written.place(error.answer.field ?? '')}  ${error.message}`,
        ])
      })
    results.push({ kind, id, change, version: null })
  }
  return results
}

function segmentsOf(items: RouteResponse<'definitions'>['items']): readonly string[] {
  return items.flatMap(({ definition }) => (definition.kind === 'segment' && definition.archived === undefined ? [definition.id] : []))
}

const said = (value: string | null): string => (value === null ? 'none' : `"${value}"`)
