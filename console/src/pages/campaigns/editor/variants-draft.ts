import { campaignSchema } from '@throughline/contracts'
import type { CampaignDefinition, CampaignLearn, CampaignRamp, CampaignWinner } from '@throughline/contracts'

export interface VariantDraft {
  readonly name: string
  /** Empty: the message of the campaign. */
  readonly template: string
  /** NaN while there is no number. */
  readonly weight: number
}

/** What is compared, while a campaign is edited. */
export interface VariantsDraft {
  /** Empty: everybody gets the message of the campaign. */
  readonly variants: readonly VariantDraft[]
  /** Per cent; null: nobody is held out. */
  readonly holdOut: number | null
  readonly winner: CampaignWinner | null
  /** Not null: the weights are learned, and those of the variants left out. */
  readonly learn: CampaignLearn | null
}

export const noVariants: VariantsDraft = { variants: [], holdOut: null, winner: null, learn: null }

export const mostVariants = 6

/** A test as it is proposed: a fifth of the audience, for four hours, by clicks. */
export const usualWinner: CampaignWinner = { testPercent: 20, after: '4 hours', by: 'clicked', otherwise: 'ask' }

/** Learned weights as they are proposed: by clicks. */
export const usualLearn: CampaignLearn = { by: 'clicked', floor: 10, every: '15 minutes', within: '1 hour' }

export function readVariants({ variants = [], holdOut, winner, learn }: CampaignDefinition): VariantsDraft {
  return {
    variants: variants.map(({ name, template = '', weight }) => ({ name, template, weight })),
    holdOut: holdOut?.percent ?? null,
    winner: winner ?? null,
    learn: learn ?? null,
  }
}

/** The first letter that no variant has. */
export function withVariant(variants: readonly VariantDraft[]): readonly VariantDraft[] {
  const name = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].find((letter) => !variants.some((one) => one.name === letter)) ?? ''
  return [...variants, { name, template: '', weight: 1 }]
}

/** A message that somebody gets, and the variants in which they do; none: it is not compared with another. */
export interface DraftMessage {
  readonly template: string
  readonly variants: readonly string[]
}

/** The messages that people get of a draft, each once: those of its variants, or the one of the campaign. */
export function messagesOf(template: string, variants: readonly VariantDraft[]): readonly DraftMessage[] {
  if (variants.length === 0) return template === '' ? [] : [{ template, variants: [] }]
  const said = variants.map((one, index) => ({ ...one, template: one.template || template, name: one.name.trim() || `${index + 1}` }))
  return [...new Set(said.map((one) => one.template))].flatMap((each) =>
    each === '' ? [] : [{ template: each, variants: said.filter((one) => one.template === each).map(({ name }) => name) }],
  )
}

/** The draft as it stands in a definition. */
export function variantsOf({ variants, holdOut, winner, learn }: VariantsDraft) {
  return {
    ...(variants.length > 0 && {
      variants: variants.map(({ name, template, weight }) => ({
        name: name.trim(),
        ...(template !== '' && { template }),
        weight: learn === null ? weight : 1,
      })),
    }),
    ...(holdOut !== null && { holdOut: { percent: holdOut } }),
    ...(winner !== null && variants.length > 0 && { winner }),
    ...(learn !== null && variants.length > 0 && { learn }),
  }
}

const ownFields: readonly string[] = ['variants', 'holdOut', 'winner', 'learn']

interface Beside {
  readonly template: string
  readonly purpose: CampaignDefinition['message']['purpose']
  readonly when: CampaignDefinition['when']
  readonly ramp: CampaignRamp | null
  /** NaN while there is no number. */
  readonly perMinute: number | null
}

/** What is missing or cannot be, as a sentence; null: nothing. */
export function variantProblem(draft: VariantsDraft, { template, purpose, when, ramp, perMinute }: Beside): string | null {
  const { variants, holdOut, winner, learn } = draft
  if (variants.length === 1) return 'Name a second variant, or take the one away.'
  if (variants.some(({ name }) => name.trim() === '')) return 'Give each variant a name.'
  if (learn === null && variants.some(({ weight }) => !(weight > 0 && weight <= 1_000_000))) return 'Give each variant a weight above 0.'
  if (holdOut !== null && !(holdOut > 0 && holdOut <= 90)) return 'Say how many per cent are held out: above 0, up to 90.'
  if (winner !== null && variants.length > 0 && !(winner.testPercent >= 1 && winner.testPercent <= 90))
    return 'Say how many per cent get the test: 1 to 90.'
  if (winner !== null && variants.length > 0 && winner.after === '') return 'Say after how long the winner is chosen.'
  if (learn !== null && variants.length > 0 && !(learn.floor >= 1 && learn.floor <= 49))
    return 'Say how many per cent each variant keeps: 1 to 49.'
  if (learn !== null && variants.length > 0 && (learn.every === '' || learn.within === ''))
    return 'Say how often they are weighed anew, and how long each message has to be answered.'
  const isPaced = perMinute !== null && !('zone' in when && when.zone === 'person')
  const parsed = campaignSchema.safeParse({
    kind: 'campaign',
    id: 'draft',
    name: 'Draft',
    audience: {},
    // What is still to be chosen elsewhere is said there.
    message: { channel: 'email', template: template === '' ? 'x' : template, purpose },
    when: when.kind === 'once' && when.at === '' ? { ...when, at: '2030-01-01' } : when,
    ...variantsOf(draft),
    // Whether there is time to learn hangs on both.
    ...(learn !== null && { ...(ramp !== null && { ramp }), ...(isPaced && { perMinute: Number.isNaN(perMinute) ? 1 : perMinute }) }),
  })
  const issue = parsed.error?.issues.find(({ path }) => ownFields.includes(String(path[0])))
  return issue === undefined ? null : `${issue.message.charAt(0).toUpperCase()}${issue.message.slice(1)}.`
}
