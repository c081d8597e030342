import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  definitionSchema,
  durationToMs,
  msToDuration,
  type Definition,
  type Duration,
  type JourneyDefinition,
  type Reentry,
  type Step,
} from '@throughline/contracts'
import { parseAllDocuments } from 'yaml'

/** The folder of example definitions that comes with the program: beside the built program's package, and seen from the sources. */
export const exampleFolder =
  ['../../examples', '../../../examples']
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((folder) => existsSync(folder)) ?? 'examples'

export interface Example {
  /** Relative to the folder of examples. */
  readonly file: string
  readonly raw: unknown
}

/** All example definitions as their files have them, in the order of their file names; mappings for imports are none, and the worked example is run by who wants it. */
export async function readExamples(): Promise<readonly Example[]> {
  const files = (await readdir(exampleFolder, { recursive: true }))
    .filter((file) => file.endsWith('.yaml') && !file.startsWith('mappings') && !file.startsWith('worked'))
    .sort()
  const documents = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(exampleFolder, file), 'utf8')
      return [...parseAllDocuments(text)].map((document) => ({
        file: relative(exampleFolder, join(exampleFolder, file)),
        raw: document.toJS() as unknown,
      }))
    }),
  )
  return documents.flat()
}

/** The worked example of the seventeen questions: the journey, and the templates of its messages. */
export async function readWorkedExample(): Promise<readonly Definition[]> {
  const text = await readFile(join(exampleFolder, 'worked/first-order.yaml'), 'utf8')
  return [...parseAllDocuments(text)].map((document) => definitionSchema.parse(document.toJS()))
}

/** The example definitions, their waits divided so that they fit a shop whose time runs `speed` times as fast. */
export async function demoDefinitions(speed: number): Promise<readonly Definition[]> {
  return (await readExamples()).map(({ raw }) => withShortWaits(definitionSchema.parse(raw), speed))
}

/** A definition whose journey waits `speed` times shorter, at least a second. Segments look back as far as they did. */
export function withShortWaits(definition: Definition, speed: number): Definition {
  if (definition.kind !== 'journey') return definition
  const shorten = (duration: Duration): Duration =>
    msToDuration(Math.max(1_000, Math.round(durationToMs(duration) / speed / 1_000) * 1_000))
  return {
    ...definition,
    ...(definition.entry && { entry: { ...definition.entry, reentry: shortenReentry(definition.entry.reentry, shorten) } }),
    ...(definition.reentry && { reentry: shortenReentry(definition.reentry, shorten) }),
    ...(definition.goals && {
      goals: definition.goals.map((goal) => (goal.within === undefined ? goal : { ...goal, within: shorten(goal.within) })),
    }),
    steps: Object.fromEntries(Object.entries(definition.steps).map(([id, step]) => [id, shortenStep(step, shorten)])),
  } satisfies JourneyDefinition
}

function shortenReentry(reentry: Reentry, shorten: (duration: Duration) => Duration): Reentry {
  return reentry.kind === 'never' || reentry.kind === 'always' ? reentry : { ...reentry, time: shorten(reentry.time) }
}

function shortenStep(step: Step, shorten: (duration: Duration) => Duration): Step {
  switch (step.kind) {
    case 'wait':
      return { ...step, for: shorten(step.for) }
    case 'wait-for':
    case 'reaction':
      return { ...step, upTo: shorten(step.upTo) }
    case 'best-message':
      return step.unanswered === undefined ? step : { ...step, unanswered: shorten(step.unanswered) }
    case 'message':
    case 'wait-until':
    case 'time-window':
    case 'random-split':
    case 'branch':
    case 'step-result':
    case 'experiment':
    case 'update-profile':
    case 'send-event':
    case 'list':
    case 'consent':
    case 'webhook':
    case 'coupon':
    case 'staff-task':
    case 'ad-audience':
    case 'start-journey':
    case 'stop-journey':
    case 'exit':
      return step
    default:
      return step satisfies never
  }
}
