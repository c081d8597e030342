import type { Pull, Settings } from '@throughline/contracts'
import { v7 } from 'uuid'
import type { Intake } from '../../imports/index.ts'
import { readCursor, writeCursor, type Handlers } from '../../platform/http/index.ts'
import { withTransaction, type Pool } from '../../platform/postgres/index.ts'
import { ConnectorError } from '../errors.ts'
import { nextRun } from './schedule.ts'
import { sealPlace, type SecretBox } from './seal.ts'
import {
  adopt,
  askFor,
  deletePull,
  forgetTaken,
  insertPull,
  noteTaken,
  readMark,
  readPull,
  readPulls,
  readRuns,
  setPaused,
  takeUp,
  toPull,
  updatePull,
  type StoredPull,
} from './store.ts'

export interface PullDeps {
  readonly pool: Pool
  readonly intake: Intake
  readonly secrets: SecretBox
  settings(): Promise<Settings>
  /** Wakes the worker: something is due. */
  wake(): void
}

type PullRoute =
  | 'pulls'
  | 'createPull'
  | 'pull'
  | 'changePull'
  | 'deletePull'
  | 'runPull'
  | 'retryPullFile'
  | 'pausePull'
  | 'resumePull'
  | 'remapPull'
  | 'beginPull'
  | 'pullRuns'

/** Handlers of scheduled pulls. */
export function makePullHandlers(deps: PullDeps): Handlers<PullRoute> {
  const { pool, intake, secrets, settings, wake } = deps
  const next = async (schedule: StoredPull['schedule']): Promise<number> =>
    nextRun(schedule, (await settings()).zone, Date.now(), Date.now())
  const shown = async (id: string): Promise<Pull> => toPull(await readPull(pool, id))
  const noOptions = { list: null, triggers: false } as const

  return {
    async pulls() {
      return { items: (await readPulls(pool)).map(toPull) }
    },
    async pull({ params }) {
      return shown(params.id)
    },
    async createPull({ body, auth, audit }) {
      const mapping = body.mapping ?? null
      const options = body.options ?? noOptions
      if (mapping !== null) await intake.check(body.kind, mapping, options.list)
      const { place, sealed } = sealPlace(secrets, { place: body.place, secret: body.secret }, null)
      const id = v7()
      const { name, kind, schedule } = body
      // With a mapping it begins by its schedule; without one, with the file that is to be mapped.
      const asked = mapping === null ? 'draft' : null
      const nextAt = asked === null ? await next(schedule) : Date.now()
      await insertPull(pool, { id, name, kind, place, sealed, schedule, mapping, options, asked, nextAt, createdBy: auth.name })
      wake()
      audit.note({ subject: id, after: { name, kind, place, schedule } })
      return shown(id)
    },
    async changePull({ params, body, audit }) {
      const before = await readPull(pool, params.id)
      const mapping = body.mapping ?? before.mapping
      const options = body.options ?? before.options
      if (mapping !== null) await intake.check(before.kind, mapping, options.list)
      const { place, sealed, moved } = sealPlace(secrets, { place: body.place, secret: body.secret }, before)
      const { id } = before
      const { name, schedule } = body
      const asked = mapping === null ? 'draft' : null
      const nextAt = asked === null ? await next(schedule) : Date.now()
      await withTransaction(pool, async (client) => {
        await updatePull(client, { id, name, place, sealed, schedule, mapping, options, asked, nextAt })
        if (moved) {
          await forgetTaken(client, id, 'all')
          await intake.release(client, id)
        }
        // Another mapping reads other things out of the same file; objects of a beginning that are done stay so.
        else if (body.mapping !== undefined) {
          await forgetTaken(client, id, place.kind === 's3' ? [place.path] : [''])
          await takeUp(client, id, null)
        }
      })
      wake()
      audit.note({
        before: { name: before.name, place: before.place, schedule: before.schedule },
        after: { name, place, schedule, secret: body.secret === undefined ? 'as before' : 'another' },
      })
      return shown(id)
    },
    async deletePull({ params, audit }) {
      const { id, name, place } = await readPull(pool, params.id)
      await deletePull(pool, id)
      audit.note({ before: { name, place } })
      return { ok: true }
    },
    async runPull({ params }) {
      const { id, mapping } = await readPull(pool, params.id)
      await askFor(pool, id, mapping === null ? 'draft' : 'run', Date.now())
      wake()
      return shown(id)
    },
    async retryPullFile({ params, body, audit }) {
      const { id, mapping } = await readPull(pool, params.id)
      if ((await takeUp(pool, id, body.name)) === 0)
        throw new ConnectorError('not-found', 'pull_file_unknown', `No object "${body.name}" of this pull is set aside.`, {
          field: 'name',
          value: body.name,
          allowed: 'one of "aside" of the pull',
        })
      await askFor(pool, id, mapping === null ? 'draft' : 'run', Date.now())
      wake()
      audit.note({ after: { name: body.name } })
      return shown(id)
    },
    async pausePull({ params }) {
      const { id } = await readPull(pool, params.id)
      await setPaused(pool, id, true, null)
      return shown(id)
    },
    async resumePull({ params }) {
      const { id, schedule } = await readPull(pool, params.id)
      await setPaused(pool, id, false, await next(schedule))
      return shown(id)
    },
    async remapPull({ params }) {
      const { id } = await readPull(pool, params.id)
      await askFor(pool, id, 'draft', Date.now())
      wake()
      return shown(id)
    },
    async beginPull({ params, body, audit }) {
      const { id, schedule, draft } = await readPull(pool, params.id)
      const mark = draft === body.import ? await readMark(pool, id, body.import) : null
      if (mark === null) throw wrongDraft(body.import)
      const { mapping, options } = await intake.read(pool, body.import)
      const nextAt = await next(schedule)
      const begun = await withTransaction(pool, async (client) => {
        await adopt(client, id, { mapping, options }, nextAt)
        const started = await intake.begin(client, body.import)
        if (started === null) throw wrongDraft(body.import)
        await takeUp(client, id, null)
        await noteTaken(client, id, mark)
        return started
      })
      intake.wake()
      audit.note({ after: { import: body.import, columns: mapping.columns, options } })
      return begun
    },
    async pullRuns({ params, query }) {
      const { id } = await readPull(pool, params.id)
      const before = readCursor(query.cursor, [''])?.[0]
      const found = await readRuns(pool, id, before, query.limit + 1)
      const page = found.slice(0, query.limit)
      const last = page.at(-1)
      return { items: page, next: found.length > query.limit && last ? writeCursor([last.id]) : null }
    },
  }
}

function wrongDraft(id: string): ConnectorError {
  return new ConnectorError(
    'conflict',
    'pull_draft_wrong',
    `The import "${id}" is none of this pull's that waits for its mapping. POST /api/pulls/:id/remap fetches one.`,
    { field: 'import', value: id, allowed: 'the "draft" of the pull' },
  )
}
