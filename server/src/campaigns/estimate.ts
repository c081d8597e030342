import type { CampaignDefinition, CampaignEstimate, Condition, Definition, SegmentPreview, Settings } from '@throughline/contracts'
import { validateDefinitions } from '@throughline/engine'
import { CampaignError } from './errors.ts'
import { timeOf, UNDO_MS } from './times.ts'

export interface EstimateDeps {
  /** Who is in a condition and how they can be reached; the segments domain's. */
  readonly preview: (
    body: { where: Condition; parts: 'reach'[]; overlap: []; quick: boolean },
    signal: AbortSignal,
  ) => Promise<SegmentPreview>
  readonly settings: () => Promise<Settings>
}

/** Everybody: a share of them all, drawn from 0 to 100 of 100. */
const everybody: Condition = { kind: 'random', salt: 'everybody', from: 0, to: 100 }

/**
 * How many a campaign reaches and what that costs.
 * @param inForce all definitions in their latest version
 * @throws CampaignError `campaign_invalid` when it could not be published; SegmentError as a preview of a segment does
 */
export async function estimate(
  deps: EstimateDeps,
  definition: CampaignDefinition,
  inForce: readonly Definition[],
  signal: AbortSignal,
): Promise<CampaignEstimate> {
  const [problem] = validateDefinitions([definition], inForce)
  if (problem !== undefined)
    throw new CampaignError('bad-input', 'campaign_invalid', problem.message, {
      field: `definition.${problem.field}`,
      value: problem.value,
      allowed: problem.allowed,
    })
  const { segment, except } = definition.audience
  const all: Condition = segment === undefined ? everybody : { kind: 'segment', segment }
  const out: Condition | null = except === undefined ? null : { kind: 'any', of: except.map((id) => ({ kind: 'segment', segment: id })) }
  const meant: Condition = out === null ? all : { kind: 'all', of: [all, { kind: 'not', of: out }] }
  const settings = await deps.settings()
  const found = await deps.preview({ where: meant, parts: ['reach'], overlap: [], quick: false }, signal)
  const excluded =
    out === null ? 0 : (await deps.preview({ where: { kind: 'all', of: [all, out] }, parts: [], overlap: [], quick: false }, signal)).size
  const reach = found.reach?.find(({ channel }) => channel === definition.message.channel)
  const reachable = reach?.people ?? 0
  const now = Date.now()
  const { perMinute, when } = definition
  return {
    audience: found.size + excluded,
    excluded,
    reachable,
    exact: reach?.exact ?? found.exact,
    margin: reach?.margin ?? found.margin,
    cost: reach?.cost ?? null,
    currency: found.currency,
    seconds: perMinute === undefined ? null : Math.ceil((reachable * 60) / perMinute),
    startsAt: when.kind === 'api' ? null : (timeOf(when, now + UNDO_MS, settings.zone)?.startsAt ?? null),
  }
}
