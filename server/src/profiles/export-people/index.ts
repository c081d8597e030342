import { v7 } from 'uuid'
import type { Download, Handlers } from '../../platform/http/index.ts'
import { PersonError } from '../errors.ts'
import type { PersonDeps } from '../person.ts'
import { readDefinitionNames } from '../names.ts'
import { allColumns, asksComputed, asksSeen, columnsOf, standardColumns } from './columns.ts'
import { formats } from './formats.ts'
import { leaveOutForgotten, readPeopleForExport } from './read-people.ts'

/** People whose traits are looked at for the columns there are. */
const SAMPLE = 20

/** Handlers of exports of people. */
export function makeExportHandlers({ pool: db, unpack, readSeen, readComputed }: PersonDeps) {
  return {
    async exportColumns() {
      // The newest of each shard, along the primary key.
      const { rows } = await db.query<{ id: string; created_at: number; traits: Buffer; state: Buffer }>(
        `select p.id, p.created_at, p.traits, p.state from generate_series(0, 63) as s (shard)
         cross join lateral (
           select id, created_at, traits, state from profiles where shard = s.shard::smallint and merged_into is null order by id desc limit $1::int
         ) p`,
        [SAMPLE],
      )
      const traits = new Set(rows.flatMap((row) => Object.keys(unpack(row.id, row.created_at, row).traits)))
      const columns = allColumns([...traits].sort(), await readDefinitionNames(db))
      return { items: columns.map(({ id, label, group }) => ({ id, label, group })), standard: [...standardColumns] }
    },
    async exportPeople({ query, audit }): Promise<Download> {
      const { format, segment } = query
      const chosen = query.columns?.split(',').filter((id) => id !== '')
      const names = await readDefinitionNames(db)
      const columns = columnsOf(chosen === undefined || chosen.length === 0 ? standardColumns : chosen, names)
      if (segment !== undefined && !names.has(`segment ${segment}`))
        throw new PersonError('not-found', 'segment_missing', `There is no segment "${segment}". GET /api/segments lists them.`, {
          field: 'query.segment',
          value: segment,
        })
      audit.note({ subject: segment ?? 'everybody', after: { format, columns: columns.map(({ id }) => id).join(', ') } })
      const { type, write } = formats[format]
      const filename = `${segment ?? 'people'}-${new Date().toISOString().slice(0, 10)}-${v7().slice(-6)}.${format}`
      return {
        filename,
        type,
        content: write(columns, {
          pages: readPeopleForExport(
            {
              db,
              unpack,
              readSeen: asksSeen(columns) ? readSeen : null,
              readComputed: asksComputed(columns) ? readComputed : null,
              names,
            },
            segment,
          ),
          stillKnown: (people) => leaveOutForgotten(db, people),
        }),
      }
    },
  } satisfies Handlers<'exportColumns' | 'exportPeople'>
}
