import { journeySchema, type JourneyDefinition, type Settings } from '@throughline/contracts'
import { answersOf, makeContext } from '@throughline/engine'
import type { Handlers } from '../../platform/http/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { loadDraft } from '../drafts/store.ts'
import { DefinitionError, unknownJourney } from '../errors.ts'
import { loadJourneyVersions, loadLatest } from '../store.ts'
import type { AskHistory } from './ask.ts'
import { readFigures, withoutFigures, type Figures } from './figures.ts'
import { briefToMarkdown } from './markdown.ts'
import { readTimeBetween } from './time-between.ts'

export interface BriefDeps {
  readonly pool: Pool
  readonly ask: AskHistory
  readonly settings: () => Promise<Settings>
}

interface Shown {
  readonly definition: JourneyDefinition
  readonly version: number
  readonly draft: boolean
}

/** Handlers of briefs: what a journey answers to the seventeen questions, and how long people take. */
export function makeBriefHandlers({ pool, ask, settings }: BriefDeps) {
  const contextNow = async () => makeContext([], (await settings()).zone)

  async function find(id: string, of: 'live' | 'draft' | undefined): Promise<Shown> {
    const newest = of === 'draft' ? undefined : (await loadJourneyVersions(pool, id))[0]
    if (newest !== undefined) return { definition: newest.definition, version: newest.version, draft: false }
    const draft = of === 'live' ? null : await loadDraft(pool, id)
    if (draft === null) throw unknownJourney(id)
    const parsed = journeySchema.safeParse(draft.definition)
    if (parsed.success) return { definition: parsed.data, version: draft.basedOn, draft: true }
    const [issue] = parsed.error.issues
    throw new DefinitionError(
      'conflict',
      'brief_unfinished',
      `The draft of the journey "${id}" is not finished yet (${issue?.path.join('.') ?? ''}): finish it in the editor, then it answers the questions.`,
      { field: issue?.path.join('.') ?? 'id', value: id, allowed: 'a draft that could be published' },
    )
  }

  async function measure({ definition, draft, version }: Shown, now: number, signal: AbortSignal): Promise<Figures> {
    if (draft && version === 0) return withoutFigures('it has not been published yet')
    try {
      return await readFigures(ask, definition, { now, context: await contextNow() }, signal)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'history_unavailable')) throw error
      return withoutFigures('the history cannot be read at the moment')
    }
  }

  return {
    async journeyBrief({ params, query, signal }) {
      const at = Date.now()
      const [shown, stored] = await Promise.all([find(params.id, query.of), loadLatest(pool)])
      const { definition, version, draft } = shown
      const figures = await measure(shown, at, signal)
      const brief = {
        id: definition.id,
        name: definition.name,
        description: definition.description ?? null,
        version,
        draft,
        at,
        answers: answersOf(
          definition,
          stored.map((one) => one.definition),
        ).map((one) => ({ ...one, figure: figures.get(one.number) ?? null })),
      }
      return { ...brief, markdown: briefToMarkdown(brief) }
    },
    async timeBetween({ body, signal }) {
      return readTimeBetween(ask, { ...body, now: Date.now(), context: await contextNow() }, signal)
    },
  } satisfies Handlers<'journeyBrief' | 'timeBetween'>
}
