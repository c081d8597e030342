import { eventNames, type CampaignDefinition, type JourneyDefinition } from '@throughline/contracts'
import type { Compiler } from '../conditions/index.ts'
import { compileDraw, stepsOf, type Draw } from './campaign-draw.ts'
import { compileJourney, type CompiledJourney } from './compile.ts'

/** A version of a campaign, made ready for the hot path. */
export interface CompiledCampaign {
  /** The journey of one message that it is. */
  readonly journey: CompiledJourney
  /** Null: everybody. */
  readonly segment: string | null
  /** Segments whose people get nothing. */
  readonly except: readonly string[]
  /** What a person gets of it: one of its variants, or nothing. */
  readonly draw: Draw
}

/** The id under which the runs and messages of a campaign stand beside those of journeys; no journey can have such a one. */
export function journeyOfCampaign(id: string): string {
  return `campaign:${id}`
}

/** A campaign is a journey of one message, into which its audience comes a slice at a time. */
export function compileCampaign(definition: CampaignDefinition, version: number, compiler: Compiler): CompiledCampaign {
  const { segment, except = [] } = definition.audience
  return {
    journey: { ...compileJourney(toJourney(definition), version, compiler), isTold: false },
    segment: segment ?? null,
    except,
    draw: compileDraw(definition, journeyOfCampaign(definition.id)),
  }
}

function toJourney(definition: CampaignDefinition): JourneyDefinition {
  const { id, name, audience, when } = definition
  const steps = stepsOf(definition)
  return {
    kind: 'journey',
    id: journeyOfCampaign(id),
    name,
    // When it is, its sends say; whose clocks show it, this does.
    entries: [{ kind: 'audience', when: { kind: 'daily', at: '00:00' }, zone: 'zone' in when ? when.zone : 'shop' }],
    reentry: { kind: 'always' },
    ...(audience.except !== undefined && {
      // Whoever waits and comes into one of them gets nothing; who is in one at their turn does not come in. No condition: it would have history read.
      exits: [
        {
          kind: 'event' as const,
          on: {
            event: eventNames.segmentEntered,
            where: [{ property: 'segment', compare: { op: 'one-of' as const, values: audience.except } }],
          },
        },
      ],
    }),
    start: Object.keys(steps)[0]!,
    steps,
  }
}
