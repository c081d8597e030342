import type { AdAudienceFile, RouteResponse } from '@throughline/contracts'
import { callServer, type Server } from '../api-client.ts'
import { isAdAudience } from './kinds.ts'
import { FilesError, type Loaded } from './load.ts'
import { audienceFileOf } from './published.ts'
import { planFiles, setFiles, type Planned, type SetResult } from './set-files.ts'

/**
 * What applying the ad audiences of files would change.
 * @param segments ids of segments in the same files
 * @throws FilesError that names the place, when one has another platform or segment than on the server, or its segment is nowhere
 */
export async function planAudiences(
  server: Server,
  audiences: readonly Loaded[],
  segments: readonly string[],
): Promise<readonly Planned<AdAudienceFile>[]> {
  if (audiences.length === 0) return []
  const { items } = await callServer(server, 'adAudiences', { query: {} })
  const standing = items.map(audienceFileOf)
  const before = new Map(standing.map((one) => [one.id, one]))
  const inForce = segmentsOf((await callServer(server, 'definitions', {})).items)
  const lines: string[] = []
  const planned = planFiles(audiences, isAdAudience, standing)
  for (const { value, written } of planned) {
    const stands = before.get(value.id)
    for (const field of ['platform', 'segment'] as const)
      if (stands !== undefined && stands[field] !== value[field])
        lines.push(
          `${written.place(field)}  ${field} is ${said(value[field])}, and ${said(stands[field])} on the server: it never changes. Make another ad audience under an id of its own.`,
        )
    if (stands === undefined && value.segment !== null && !segments.includes(value.segment) && !inForce.includes(value.segment))
      lines.push(`${written.place('segment')}  there is no segment "${value.segment}" in force, nor in these files.`)
  }
  if (lines.length > 0) throw new FilesError('Nothing was published. These ad audiences do not fit:', lines)
  return planned
}

/** Makes and changes ad audiences. @param meanwhile what has been done by then, for whoever reads of a failure */
export function setAudiences(
  server: Server,
  planned: readonly Planned<AdAudienceFile>[],
  meanwhile: string,
  dryRun: boolean,
): Promise<SetResult[]> {
  return setFiles(planned, {
    write: ({ kind: _, ...body }, isNew) =>
      isNew
        ? callServer(server, 'createAdAudience', { body })
        : callServer(server, 'setAdAudience', { params: { id: body.id }, body: { name: body.name, topic: body.topic } }),
    refused: `${meanwhile} This ad audience stays as it was:`,
    dryRun,
  })
}

function segmentsOf(items: RouteResponse<'definitions'>['items']): readonly string[] {
  return items.flatMap(({ definition }) => (definition.kind === 'segment' && definition.archived === undefined ? [definition.id] : []))
}

const said = (value: string | null): string => (value === null ? 'none' : `"${value}"`)
