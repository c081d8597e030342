import { campaignSchema, dateTextSchema, durationSchema, usualGoal } from '@throughline/contracts'
import type { CampaignDefinition, CampaignGoal, CampaignRamp, CampaignWhen, ChannelKind } from '@throughline/contracts'
import { rampProblem } from './ramp-draft.ts'
import { noVariants, readVariants, variantProblem, variantsOf } from './variants-draft.ts'
import type { VariantsDraft } from './variants-draft.ts'

/** A campaign while it is edited: all of it may be missing. */
export interface CampaignDraft {
  readonly name: string
  readonly description: string
  /** Empty: not chosen yet; {@link everybody}. */
  readonly segment: string
  readonly except: readonly string[]
  readonly channel: ChannelKind
  readonly template: string
  readonly purpose: 'marketing' | 'transactional'
  readonly compared: VariantsDraft
  readonly when: CampaignWhen
  readonly goal: CampaignGoal
  /** Null: it goes to all of the audience. */
  readonly ramp: CampaignRamp | null
  /** NaN while a number is to be given and is not; null: as fast as the provider takes it. */
  readonly perMinute: number | null
}

/** What stands for everybody, where a segment could stand. No id begins with a star. */
export const everybody = '*'

export const blankDraft: CampaignDraft = {
  name: '',
  description: '',
  segment: '',
  except: [],
  channel: 'email',
  template: '',
  purpose: 'marketing',
  compared: noVariants,
  when: { kind: 'now' },
  goal: usualGoal,
  ramp: null,
  perMinute: null,
}

export function readCampaign(definition: CampaignDefinition): CampaignDraft {
  const { name, description = '', audience, message, when, goal, ramp, perMinute } = definition
  return {
    name,
    description,
    segment: audience.segment ?? everybody,
    except: audience.except ?? [],
    ...message,
    compared: readVariants(definition),
    when,
    goal: goal ?? usualGoal,
    ramp: ramp ?? null,
    perMinute: perMinute ?? null,
  }
}

/** What changes with the channel: templates are those of one channel. */
export function onChannel({ channel: before, compared }: CampaignDraft, channel: ChannelKind): Partial<CampaignDraft> {
  if (channel === before) return {}
  return { channel, template: '', compared: { ...compared, variants: compared.variants.map((one) => ({ ...one, template: '' })) } }
}

/** What has to be filled in before it can be sent or saved. */
export interface DraftProblem {
  readonly field: 'name' | 'segment' | 'template' | 'variants' | 'when' | 'ramp' | 'perMinute' | 'goal'
  readonly words: string
}

/** What is missing or cannot be, the first field first. */
export function problemsOf(draft: CampaignDraft): readonly DraftProblem[] {
  const { name, segment, template, compared, when, ramp, perMinute, goal } = draft
  const ramped = isWhenFull(when) ? rampProblem(ramp, when, compared.winner !== null && compared.variants.length > 0) : null
  const variants = variantProblem(compared, draft)
  const found: (DraftProblem | false)[] = [
    name.trim() === '' && { field: 'name', words: 'Give it a name, so that others find it.' },
    segment === '' && { field: 'segment', words: 'Choose who gets it.' },
    template === '' && { field: 'template', words: 'Choose what they get.' },
    variants !== null && { field: 'variants', words: variants },
    !isWhenFull(when) && { field: 'when', words: 'Say when it goes out.' },
    ramped !== null && { field: 'ramp', words: ramped },
    perMinute !== null &&
      !(Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= 1_000_000) && {
        field: 'perMinute',
        words: 'Say how many messages a minute: a whole number up to 1,000,000.',
      },
    (goal.event.trim() === '' || !durationSchema.safeParse(goal.within).success) && {
      field: 'goal',
      words: 'Say what they are to do, and how long it counts.',
    },
  ]
  const problems = found.filter((one) => one !== false)
  if (problems.length > 0) return problems
  // Whatever else the definition may not be: nothing is refused without saying why.
  const issue = campaignSchema.safeParse(written(draft, 'draft')).error?.issues[0]
  if (issue === undefined) return []
  const field = fieldOf[String(issue.path[0])] ?? 'name'
  return [{ field, words: `${issue.path.join('.')}: ${issue.message}` }]
}

const fieldOf: { readonly [part: string]: DraftProblem['field'] } = {
  audience: 'segment',
  message: 'template',
  variants: 'variants',
  holdOut: 'variants',
  winner: 'variants',
  learn: 'variants',
  when: 'when',
  ramp: 'ramp',
  perMinute: 'perMinute',
  goal: 'goal',
}

function isWhenFull(when: CampaignWhen): boolean {
  switch (when.kind) {
    case 'now':
    case 'api':
      return true
    case 'once':
      return dateTextSchema.safeParse(when.at).success
    case 'daily':
      return when.at !== ''
    case 'weekly':
      return when.at !== '' && when.on.length > 0
    case 'monthly':
      return when.at !== '' && Number.isInteger(when.day) && when.day >= 1 && when.day <= 31
    default:
      return when satisfies never
  }
}

/** Whether each person's own clock says when: then it is spread by that, and cannot be slowed down besides. */
export function isByOwnClock(when: CampaignWhen): boolean {
  return 'zone' in when && when.zone === 'person'
}

/** The draft as it would be published under an id; null while something is missing. */
export function definitionOf(draft: CampaignDraft, id: string): CampaignDefinition | null {
  if (problemsOf(draft).length > 0) return null
  const parsed = campaignSchema.safeParse(written(draft, id))
  return parsed.success ? parsed.data : null
}

function written(draft: CampaignDraft, id: string): unknown {
  const { name, description, segment, except, channel, template, purpose, compared, when, goal, ramp, perMinute } = draft
  return {
    kind: 'campaign',
    id,
    name: name.trim(),
    ...(description.trim() !== '' && { description: description.trim() }),
    audience: { ...(segment !== everybody && { segment }), ...(except.length > 0 && { except }) },
    message: { channel, template, purpose },
    ...variantsOf(compared),
    when,
    ...((goal.event !== usualGoal.event || goal.within !== usualGoal.within) && { goal }),
    ...(ramp !== null && { ramp }),
    ...(perMinute !== null && !isByOwnClock(when) && { perMinute }),
  }
}

const place = (id: string | null): string => `throughline.campaign.${id ?? '_new'}`

interface Kept {
  readonly draft: CampaignDraft
  /** The version that it was begun from; 0: none. */
  readonly basedOn: number
}

/** Keeps a draft in this browser, so that a reload does not lose it; `null` forgets it. */
export function keepDraft(id: string | null, kept: Kept | null): void {
  try {
    if (kept === null) localStorage.removeItem(place(id))
    else
      localStorage.setItem(
        place(id),
        JSON.stringify(kept, (_, value: unknown) => (Number.isNaN(value) ? 'NaN' : value)),
      )
  } catch {
    // Storage that is full or forbidden: the draft then lives as long as the page.
  }
}

/** What was kept of a draft that was begun from this version; one of another version is out of date. */
export function keptDraft(id: string | null, basedOn: number): CampaignDraft | null {
  try {
    const text = localStorage.getItem(place(id))
    if (text === null) return null
    const kept = JSON.parse(text, (_, value: unknown) => (value === 'NaN' ? Number.NaN : value)) as Kept
    const isWhole =
      Object.keys(blankDraft).every((key) => key in kept.draft) && Object.keys(noVariants).every((key) => key in kept.draft.compared)
    return kept.basedOn === basedOn && isWhole ? kept.draft : null
  } catch {
    return null
  }
}
