import {
  durationToMs,
  type CalendarEntry,
  type CampaignDefinition,
  type CampaignEstimate,
  type Condition,
  type Definition,
  type SegmentPreview,
  type Settings,
} from '@throughline/contracts'
import { validateDefinitions } from '@throughline/engine'
import { CampaignError } from './errors.ts'
import { timeOf, UNDO_MS } from './times.ts'

export interface EstimateDeps {
  /** Who is in a condition and how they can be reached; the segments domain's. */
  readonly preview: (
    body: { where: Condition; parts: ('reach' | 'overlap')[]; overlap: string[]; quick: boolean; purpose: 'marketing' | 'transactional' },
    signal: AbortSignal,
  ) => Promise<SegmentPreview>
  readonly settings: () => Promise<Settings>
}

/** A campaign that goes out about then. */
export type Nearby = Pick<CalendarEntry, 'id' | 'name' | 'at'>

/** As many segments as a preview compares with. */
const MOST_OVERLAPS = 4

/** Everybody: a share of them all, drawn from 0 to 100 of 100. */
const everybody: Condition = { kind: 'random', salt: 'everybody', from: 0, to: 100 }

function partsOf({ audience: { segment, except } }: CampaignDefinition): { readonly all: Condition; readonly out: Condition | null } {
  return {
    all: segment === undefined ? everybody : { kind: 'segment', segment },
    out: except === undefined ? null : { kind: 'any', of: except.map((id) => ({ kind: 'segment', segment: id })) },
  }
}

/** Who is in the audience of a campaign and in none of its excluded segments. */
export function audienceOf(definition: CampaignDefinition): Condition {
  const { all, out } = partsOf(definition)
  return out === null ? all : { kind: 'all', of: [all, { kind: 'not', of: out }] }
}

/**
 * How many a campaign reaches and what that costs.
 * @param inForce all definitions in their latest version
 * @throws CampaignError `campaign_invalid` when it could not be published; SegmentError as a preview of a segment does
 */
export async function estimate(
  deps: EstimateDeps,
  definition: CampaignDefinition,
  inForce: readonly Definition[],
  /** What goes out besides, the nearest first; a campaign may stand there several times. */
  others: readonly Nearby[],
  signal: AbortSignal,
): Promise<CampaignEstimate> {
  const [problem] = validateDefinitions([definition], inForce)
  if (problem !== undefined)
    throw new CampaignError('bad-input', 'campaign_invalid', problem.message, {
      field: `definition.${problem.field}`,
      value: problem.value,
      allowed: problem.allowed,
    })
  const { all, out } = partsOf(definition)
  const meant = audienceOf(definition)
  const settings = await deps.settings()
  const { purpose } = definition.message
  const near = others.filter(({ id }, at) => id !== definition.id && others.findIndex((one) => one.id === id) === at)
  const segmentOf = (id: string): string | undefined =>
    inForce.find((one): one is CampaignDefinition => one.kind === 'campaign' && one.id === id)?.audience.segment
  const overlap = [...new Set(near.flatMap(({ id }) => segmentOf(id) ?? []))].slice(0, MOST_OVERLAPS)
  const found = await deps.preview({ where: meant, parts: ['reach', 'overlap'], overlap, quick: false, purpose }, signal)
  const excluded =
    out === null
      ? 0
      : (await deps.preview({ where: { kind: 'all', of: [all, out] }, parts: [], overlap: [], quick: false, purpose }, signal)).size
  const reach = found.reach?.find(({ channel }) => channel === definition.message.channel)
  const share = (definition.holdOut?.percent ?? 0) / 100
  const heldOut = Math.round((reach?.people ?? 0) * share)
  const reachable = (reach?.people ?? 0) - heldOut
  const now = Date.now()
  const { perMinute, ramp, when } = definition
  const overlaps = near.flatMap(({ id, name, at }) => {
    const other = segmentOf(id)
    const both = other === undefined ? { both: found.size, margin: found.margin } : found.overlap?.find((one) => one.id === other)
    return both === undefined ? [] : [{ campaign: id, name, at, both: both.both, margin: both.margin }]
  })
  const waits = ramp?.steps.reduce((sum, step) => sum + durationToMs(step.for) / 1_000, 0) ?? 0
  return {
    audience: found.size + excluded,
    excluded,
    reachable,
    heldOut,
    exact: reach?.exact ?? found.exact,
    margin: reach?.margin ?? found.margin,
    cost: costOf(reach?.cost ?? null, share),
    currency: found.currency,
    seconds:
      perMinute === undefined && ramp === undefined
        ? null
        : Math.ceil(waits + (perMinute === undefined ? 0 : (reachable * 60) / perMinute)),
    overlaps,
    notCompared: near.length - overlaps.length,
    needsApproval: settings.approval !== null && found.size + excluded > settings.approval.above,
    startsAt: when.kind === 'api' ? null : (timeOf(when, now + UNDO_MS, settings.zone)?.startsAt ?? null),
  }
}

/** Whoever is held out costs nothing. */
function costOf(cost: number | null, heldOut: number): number | null {
  return cost === null ? null : Math.round(cost * (1 - heldOut))
}
