import { proposeMapping } from '@throughline/engine'
import type { JourneyDefinition, VersionMove } from '@throughline/contracts'
import type { Draft } from './draft.ts'

/** Where the people at a step of an older version go: to a step, out of the journey, or nowhere; not said yet where somebody has to. */
export type Fate =
  | { readonly kind: 'step'; readonly to: string }
  | { readonly kind: 'leave' }
  | { readonly kind: 'stay' }
  | { readonly kind: 'open' }

export interface MoveLine {
  readonly version: number
  readonly step: string
  readonly people: number
  readonly fate: Fate
  /** How the proposal came about: the step is still there, the next one is, or somebody is to be asked. */
  readonly why: 'same' | 'next' | 'ask'
}

/** Who stands where in older versions, and what these say. */
export interface Standing {
  readonly version: number
  readonly definition: Pick<JourneyDefinition, 'steps'>
  readonly steps: readonly { readonly step: string; readonly people: number }[]
}

/** A line for every step at which people can stand, as the engine proposes it; where nobody stands and nothing is clear, they stay. */
export function proposedLines(standing: readonly Standing[], draft: Pick<Draft, 'steps'>): readonly MoveLine[] {
  return standing.flatMap(({ version, definition, steps }) =>
    proposeMapping(definition, draft).map(({ step, to, why }): MoveLine => {
      const people = steps.find((one) => one.step === step)?.people ?? 0
      const fate: Fate = why !== 'ask' && to !== null ? { kind: 'step', to } : { kind: people > 0 ? 'open' : 'stay' }
      return { version, step, people, fate, why }
    }),
  )
}

/** The lines as the server takes them. */
export function movesOf(lines: readonly MoveLine[]): VersionMove[] {
  return [...new Set(lines.map(({ version }) => version))].map((version) => ({
    version,
    steps: Object.fromEntries(
      lines
        .filter((line) => line.version === version && (line.fate.kind === 'step' || line.fate.kind === 'leave'))
        .map(({ step, fate }) => [step, fate.kind === 'step' ? fate.to : null]),
    ),
  }))
}

/** How many stay on their versions, and how many leave. */
export function sumOf(lines: readonly MoveLine[]): { readonly moved: number; readonly left: number; readonly stay: number } {
  const count = (kind: Fate['kind']): number => lines.reduce((sum, { fate, people }) => (fate.kind === kind ? sum + people : sum), 0)
  return { moved: count('step'), left: count('leave'), stay: count('stay') }
}
