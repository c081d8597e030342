import { holdOutName, type CampaignDefinition, type JourneyDefinition } from '@throughline/contracts'
import { assignVariant, isHeldOut, percentOf } from '../experiments/index.ts'

/** Which part of an audience has its turn: all of it, those who get the variants first, or those who get the chosen one. */
export type SendPart = 'all' | 'test' | 'rest'

/** The people who stand from so many per cent on, up to so many, in the order in which a ramp takes an audience. */
export interface Band {
  readonly from: number
  readonly to: number
}

/** Whose turn it is: a part of an audience, and of that, where it comes in stages, those of one stage. */
export interface Turn {
  readonly part: SendPart
  /** The variant that the rest gets. */
  readonly winner: string | null
  readonly band: Band | null
  /** Where weights are learned: those that hold in this turn, in the order of the variants. */
  readonly weights?: readonly number[] | null | undefined
  /** Of a resend: the template that they got of the send before, where that is known. */
  readonly given?: string | null | undefined
}

/**
 * What a send means for somebody in its audience: they are in the other part of it · they are held out · they get what this step says.
 * The variant is null where there is nothing to compare.
 */
export type Drawn =
  | { readonly kind: 'other-part' }
  | { readonly kind: 'held-out' }
  | { readonly kind: 'gets'; readonly step: string; readonly variant: string | null }

export interface Draw {
  /** What people are drawn by, and what stands in their exposures; null: there is nothing to compare. */
  readonly experiment: string | null
  /**
   * By hashes of ids alone: who is held out, and which variant somebody gets, is the same in every send; who is in the test or in a stage, and which variant
   * somebody gets where weights are learned, drawn by the send anew.
   * @param isNew whether they have had no turn in this send: whoever came into the audience after their part had its turn goes with the one that has it now
   */
  of(profile: string, send: string, turn: Turn, isNew: boolean): Drawn
}

/** The message steps of a campaign: one, one a variant, or besides one a variant for the rest, so that both are counted apart. */
export function stepsOf({ message, variants, winner }: CampaignDefinition): JourneyDefinition['steps'] {
  const say = (template: string | undefined) => ({ kind: 'message' as const, ...message, template: template ?? message.template })
  if (variants === undefined) return { message: say(undefined) }
  const parts = winner === undefined ? ['variant'] : ['variant', 'rest']
  return Object.fromEntries(parts.flatMap((part) => variants.map(({ template }, index) => [stepOf(part, index), say(template)])))
}

export function compileDraw({ message, variants, holdOut, winner, learn }: CampaignDefinition, experiment: string): Draw {
  const percent = holdOut?.percent
  const whole = variants === undefined && percent === undefined
  const indexOf = (choices: NonNullable<typeof variants>, profile: string, send: string, turn: Turn): number => {
    if (turn.part === 'rest')
      return Math.max(
        0,
        choices.findIndex(({ name }) => name === turn.winner),
      )
    const before = turn.given ?? null
    const again = before === null ? -1 : choices.findIndex(({ template }) => (template ?? message.template) === before)
    if (again !== -1) return again
    if (learn === undefined) return assignVariant(experiment, profile, choices)
    const weighed = choices.map(({ name, weight }, index) => ({ name, weight: turn.weights?.[index] ?? weight }))
    return assignVariant(send, profile, weighed)
  }
  return {
    experiment: whole ? null : experiment,
    of(profile, send, turn, isNew) {
      const { part, band } = turn
      if (part !== 'all' && winner !== undefined) {
        const isInTest = isHeldOut(`${send}\u001ftest`, profile, winner.testPercent)
        if (isInTest !== (part === 'test') && !(part === 'rest' && isNew)) return { kind: 'other-part' }
      }
      if (band !== null) {
        const at = percentOf(`${send}\u001framp`, profile)
        if (at >= band.to || (at < band.from && !isNew)) return { kind: 'other-part' }
      }
      if (percent !== undefined && isHeldOut(experiment, profile, percent)) return { kind: 'held-out' }
      if (variants === undefined) return { kind: 'gets', step: 'message', variant: whole ? null : onlyVariant }
      const index = indexOf(variants, profile, send, turn)
      return { kind: 'gets', step: stepOf(part === 'rest' ? 'rest' : 'variant', index), variant: variants[index]!.name }
    },
  }
}

/** The name under which the only message of a campaign with people held out stands in exposures. */
export const onlyVariant = 'message'

export function stepOf(part: string, index: number): string {
  return `${part}-${index + 1}`
}

/** Names of the groups of a send, as they stand in exposures. */
export function variantNamesOf({ variants, holdOut }: CampaignDefinition): readonly string[] {
  return [...(variants?.map(({ name }) => name) ?? [onlyVariant]), ...(holdOut === undefined ? [] : [holdOutName])]
}
