import type { SegmentDefinition } from '@throughline/contracts'
import { calendarOf, describeCondition, emptyTable, lookUp } from '@throughline/engine'
import type { ClickHouse } from '../platform/clickhouse/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import { makeAsker } from './ask.ts'
import { fillingEpochs } from './filling.ts'
import { readChanges, readDailyChanges, readInside, type Change } from './history/changes.ts'
import { sizeOverTime } from './history/size.ts'
import { readSegment, requireSegment } from './read.ts'
import { suggest } from './suggest.ts'
import { readComputedTraits } from './traits.ts'
import { readUpTo } from './up-to.ts'
import { makePreview, type PreviewDeps } from './preview/preview.ts'

export interface SegmentDeps extends Omit<PreviewDeps, 'ask'> {
  readonly clickhouse: ClickHouse
}

interface Row {
  [key: string]: unknown
  readonly version: number
  readonly body: SegmentDefinition
  readonly published_at: number
  readonly size: number | null
  readonly epoch: number
}

/** Handlers of segments. */
export function makeSegmentHandlers(deps: SegmentDeps) {
  const { pool } = deps
  const ask = makeAsker(deps.clickhouse)
  const preview = makePreview({ ...deps, ask })
  return {
    async segments() {
      const [{ rows }, filling] = await Promise.all([
        // A row per shard and segment, however many people are in it.
        pool.query<Row>(
          `select d.version, d.epoch, d.body, d.published_at, c.size
           from (select distinct on (id) id, version, epoch, body, published_at from definitions where kind = 'segment' order by id, version desc) d
           left join (select segment_id, sum(n)::bigint as size from segment_counts group by segment_id) c on c.segment_id = d.id
           order by d.body ->> 'name', d.id`,
        ),
        fillingEpochs(pool),
      ])
      return {
        archived: rows.flatMap(({ body: { id, name, archived }, published_at }) =>
          archived === true ? [{ id, name, archivedAt: Math.floor(published_at) }] : [],
        ),
        items: rows
          .filter(({ body }) => body.archived === undefined)
          .map(({ body, version, epoch, published_at, size }) => ({
            id: body.id,
            name: body.name,
            version,
            publishedAt: Math.floor(published_at),
            size: Math.max(0, size ?? 0),
            filling: filling.has(epoch),
            definition: body,
            sentence: describeCondition(body.where),
          })),
      }
    },
    computedTraits: async () => ({ items: await readComputedTraits(pool) }),
    segment: ({ params }) => readSegment(pool, params.id),
    async segmentMembers({ params, query, signal }) {
      await requireSegment(pool, params.id)
      const page = { after: readCursor(query.cursor, [0, '']), limit: query.limit + 1 }
      const found = await readInside(ask, params.id, page, signal)
      const shown = found.slice(0, query.limit)
      const ids = shown.map(({ person }) => person)
      const [people, profiles] = await Promise.all([deps.findPeople(ids), deps.findProfiles(ids)])
      return {
        items: shown.flatMap(({ person: id, filled }) => {
          const person = people.get(id)
          // The facts may be a moment behind: what counts is where the person stands now.
          const since = lookUp(profiles.get(id)?.segments ?? emptyTable, params.id)
          return person === undefined || since === undefined ? [] : [{ person, since, filled }]
        }),
        next: nextOf(found, query.limit),
      }
    },
    async segmentHistory({ params, query, signal }) {
      await requireSegment(pool, params.id)
      const calendar = calendarOf((await deps.settings()).zone)
      const today = calendar.dayOf(Date.now())
      const [changes, upTo] = await Promise.all([readDailyChanges(ask, params.id, calendar.zone, signal), readUpTo(pool)])
      return { days: sizeOverTime(changes, today - query.days + 1, today), upTo }
    },
    async segmentChanges({ params, query, signal }) {
      await requireSegment(pool, params.id)
      const page = { change: query.change, after: readCursor(query.cursor, [0, '']), limit: query.limit + 1 }
      const found = await readChanges(ask, params.id, page, signal)
      const shown = found.slice(0, query.limit)
      const people = await deps.findPeople(shown.map(({ person }) => person))
      return {
        items: shown.flatMap(({ person: id, at, entered, filled }) => {
          const person = people.get(id)
          return person === undefined ? [] : [{ at, change: entered ? ('entered' as const) : ('left' as const), filled, person }]
        }),
        next: nextOf(found, query.limit),
      }
    },
    suggestions: ({ query, signal }) => suggest(ask, query, signal),
    previewSegment: ({ body, signal }) => preview(body, signal),
  } satisfies Handlers<
    'segments' | 'computedTraits' | 'segment' | 'segmentMembers' | 'segmentHistory' | 'segmentChanges' | 'suggestions' | 'previewSegment'
  >
}

/** Where the page behind the first `limit` begins, if there is one. */
function nextOf(found: readonly Change[], limit: number): string | null {
  const last = found[limit - 1]
  return found.length > limit && last ? writeCursor([last.at, last.person]) : null
}
