import type { JourneyDraft } from '@throughline/contracts'
import type { Handlers } from '../../platform/http/index.ts'
import { withTransaction, type Db, type Pool } from '../../platform/postgres/index.ts'
import { countInside } from '../counts.ts'
import { problemsBetween, refuse } from '../handlers.ts'
import { parseDefinitions } from '../parse-definitions.ts'
import { problemsOfPlaces } from '../problems-of-places.ts'
import { publish } from '../publish.ts'
import { loadJourneyVersions } from '../store.ts'
import { checkMoves } from './check-moves.ts'
import { DraftError } from './errors.ts'
import { deleteDraft, insertDraft, loadDraft, loadDrafts, updateDraft } from './store.ts'

/** Handlers of the drafts of journeys: they are edited by several people, and nobody's work is lost unseen. */
export function makeJourneyDraftHandlers({ pool }: { readonly pool: Pool }) {
  return {
    async journeyDrafts() {
      const drafts = await loadDrafts(pool)
      return {
        items: drafts.map(({ definition: { id, name }, revision, basedOn, savedAt, savedBy }) => ({
          id,
          name,
          revision,
          basedOn,
          savedAt,
          savedBy,
        })),
      }
    },
    async journeyDraft({ params }) {
      const [draft, newest] = await Promise.all([loadDraft(pool, params.id), newestVersion(pool, params.id)])
      return { draft, newest }
    },
    async beginJourneyDraft({ body: { definition, basedOn }, auth, audit }) {
      const { id } = definition
      const saved = { revision: 1, savedAt: Date.now(), savedBy: auth.name }
      await withTransaction(pool, async (client) => {
        const newest = await newestVersion(client, id)
        if (basedOn === 0 && newest > 0)
          throw new DraftError('conflict', 'journey_exists', `There is a journey "${id}" already. Give the new one another name.`, {
            field: 'definition.id',
            value: id,
            allowed: 'an id that no journey has',
          })
        if (basedOn > newest)
          throw new DraftError('conflict', 'journey_changed', `The journey "${id}" has no version ${basedOn} to begin from.`, {
            field: 'basedOn',
            value: basedOn,
            allowed: `0 to ${newest}`,
          })
        if (!(await insertDraft(client, id, { ...saved, basedOn, definition }))) {
          const other = await loadDraft(client, id)
          throw new DraftError(
            'conflict',
            'draft_exists',
            `The journey "${id}" is being edited already${other === null ? '' : ` by ${other.savedBy}`}. Open that draft.`,
            { field: 'definition.id', value: id },
          )
        }
        audit.note({ subject: id, after: { name: definition.name, basedOn } })
        await audit.commit(client)
      })
      return saved
    },
    async saveJourneyDraft({ params, body: { definition, revision }, auth }) {
      if (definition.id !== params.id)
        throw new DraftError('bad-input', 'draft_unknown', `The draft of "${params.id}" says that it is of "${definition.id}".`, {
          field: 'definition.id',
          value: definition.id,
          allowed: params.id,
        })
      const saved = { savedAt: Date.now(), savedBy: auth.name }
      if (!(await updateDraft(pool, params.id, { ...saved, revision, definition }))) throw await changedSince(pool, params.id, revision)
      return { ...saved, revision: revision + 1 }
    },
    async publishJourneyDraft({ params: { id }, body: { revision, onto, dryRun, moves }, auth, audit }) {
      const draft = await loadDraft(pool, id)
      if (draft?.revision !== revision) throw await changedSince(pool, id, revision)
      const { definitions, problems } = parseDefinitions([draft.definition])
      refuse(problems)
      const parsed = definitions.filter((one) => one !== null)
      const { changes } = await publish(pool, parsed, {
        by: auth.name,
        dryRun,
        check: async (inForce) => refuse([...problemsBetween(inForce, parsed), ...(await problemsOfPlaces(pool, parsed))]),
        moves,
        onPublished: async (client, [result]) => {
          const { change, version, before: newest } = result!
          if (newest !== onto)
            throw new DraftError(
              'conflict',
              'journey_changed',
              `Version ${newest} of the journey "${id}" was published meanwhile. Look at what it changed, then publish onto it or discard the draft.`,
              { field: 'onto', value: onto, allowed: String(newest) },
            )
          // Whoever saves between the reading above and here has their draft kept, and nothing is published.
          if (!dryRun && !(await deleteDraft(client, id, revision))) throw await changedSince(client, id, revision)
          if (moves.length > 0) await checkMoves(client, id, { moves, version, definition: parsed[0]! })
          audit.note({ after: { dryRun, change, version, ...(moves.length > 0 && { moves }) } })
          await audit.commit(client)
        },
      })
      const { change, version } = changes[0]!
      const steps = await countInside(pool, id)
      const inside = [...new Set(steps.map((one) => one.version))].map((of) => {
        const there = steps.filter((one) => one.version === of).map((one) => ({ step: one.step, people: one.inside }))
        return { version: of, people: there.reduce((sum, { people }) => sum + people, 0), steps: there }
      })
      return { dryRun, change, version, inside }
    },
    async discardJourneyDraft({ params: { id }, query: { revision }, audit }) {
      await withTransaction(pool, async (client) => {
        if (!(await deleteDraft(client, id, revision))) throw await changedSince(client, id, revision)
        await audit.commit(client)
      })
      return { ok: true as const }
    },
  } satisfies Handlers<
    'journeyDrafts' | 'journeyDraft' | 'beginJourneyDraft' | 'saveJourneyDraft' | 'publishJourneyDraft' | 'discardJourneyDraft'
  >
}

async function newestVersion(db: Db, id: string): Promise<number> {
  return (await loadJourneyVersions(db, id))[0]?.version ?? 0
}

/** Why a draft is not at the revision that was named: somebody saved it, published it or threw it away. */
async function changedSince(db: Db, id: string, revision: number): Promise<DraftError> {
  const now: JourneyDraft | null = await loadDraft(db, id)
  if (now === null)
    return new DraftError(
      'not-found',
      'draft_unknown',
      `The journey "${id}" has no draft: it was published or discarded, or never begun. Begin a new one.`,
      { field: 'id', value: id },
    )
  return new DraftError(
    'conflict',
    'draft_changed',
    `${now.savedBy} saved the draft of "${id}" at ${new Date(now.savedAt).toISOString()}. Take theirs, or save yours over it under revision ${now.revision}.`,
    { field: 'revision', value: revision, allowed: String(now.revision) },
  )
}
