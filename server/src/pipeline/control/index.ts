import type { Person } from '../advance/person.ts'
import { PipelineError } from '../errors.ts'
import type { InboxRow } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import { adopt } from './adopt.ts'
import type { Control, ControlCall, ControlReader, Prepared } from './control.ts'
import { audience } from './audience.ts'
import { campaign } from './campaign.ts'
import { campaignOver } from './campaign-over.ts'
import { definitionsPublished } from './definitions-published.ts'
import { entryAnswer } from './entry-answer.ts'
import { erase } from './erase.ts'
import { mergeOut } from './merge-out.ts'
import { mergedIn } from './merged-in.ts'
import { movePeople, movePerson } from './move-people.ts'
import { reconsider } from './reconsider.ts'
import { refold } from './refold.ts'
import { stepAnswer } from './step-answer.ts'
import { unmerge } from './unmerge.ts'

export type { ControlReader, Prepared } from './control.ts'

/** Names of control entries; see docs/internals.md. */
export const controlNames = [
  'definitions-published',
  'merge-out',
  'merged-in',
  'unmerge',
  'adopt',
  'reconsider',
  'audience',
  'campaign',
  'campaign-over',
  'entry-answer',
  'step-answer',
  'move-people',
  'move-person',
  'refold',
  'erase',
] as const
export type ControlName = (typeof controlNames)[number]

/** A control entry whose properties were checked. */
export interface OpenedControl {
  readonly about: 'shard' | 'person'
  prepare(row: InboxRow, state: ShardState, reader: ControlReader): Promise<Prepared>
  staysWithTombstone(row: InboxRow): boolean
  take(call: ControlCall, person: Person | null): void
  /** @returns whether something else was done in its place */
  refused(call: ControlCall): boolean
}

const registry: { readonly [K in ControlName]: (properties: unknown) => OpenedControl } = {
  'definitions-published': opener(definitionsPublished),
  'merge-out': opener(mergeOut),
  'merged-in': opener(mergedIn),
  unmerge: opener(unmerge),
  adopt: opener(adopt),
  reconsider: opener(reconsider),
  audience: opener(audience),
  campaign: opener(campaign),
  'campaign-over': opener(campaignOver),
  'entry-answer': opener(entryAnswer),
  'step-answer': opener(stepAnswer),
  'move-people': opener(movePeople),
  'move-person': opener(movePerson),
  refold: opener(refold),
  erase: opener(erase),
}

function opener<P>(control: Control<P>): (properties: unknown) => OpenedControl {
  return (raw) => {
    const properties = control.parse(raw)
    return {
      about: control.about,
      prepare: async (row, state, reader) => (await control.prepare?.(properties, row, state, reader)) ?? {},
      staysWithTombstone: (row) => control.staysWithTombstone?.(properties, row) ?? false,
      take(call, person) {
        if (control.about === 'shard') control.take(properties, call)
        else if (person !== null) control.take(properties, call, person)
      },
      refused(call) {
        if (control.about !== 'shard' || control.refused === undefined) return false
        control.refused(properties, call)
        return true
      },
    }
  }
}

/**
 * Checks a control entry.
 * @throws PipelineError `control_unknown`, `control_broken`
 */
export function openControl(row: InboxRow): OpenedControl {
  const open = Object.hasOwn(registry, row.name) ? registry[row.name as ControlName] : undefined
  if (open === undefined)
    throw new PipelineError('control_unknown', `Control entry ${row.name} is unknown; known are ${controlNames.join(', ')}.`)
  try {
    return open(JSON.parse(row.properties))
  } catch (error) {
    throw new PipelineError('control_broken', `Control entry ${row.name} has broken properties: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
