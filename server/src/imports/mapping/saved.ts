import { randomUUID } from 'node:crypto'
import type { ImportKind, ImportMapping } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import { FileImportError } from '../errors.ts'
import { presets, type NamedMapping } from './presets.ts'

/** All named mappings: the shop's own by name, then the ready ones. */
export async function readMappings(db: Db): Promise<NamedMapping[]> {
  const { rows } = await db.query<{ id: string; name: string; kind: ImportKind; mapping: ImportMapping }>(
    'select id, name, kind, mapping from import_mappings order by lower(name)',
  )
  return [...rows.map((row) => ({ ...row, builtIn: false })), ...presets]
}

/** Saves a mapping under its name, instead of the one that has it. */
export async function saveMapping(db: Db, given: Pick<NamedMapping, 'name' | 'kind' | 'mapping'>): Promise<NamedMapping> {
  const { rows } = await db.query<{ id: string }>(
    `insert into import_mappings (id, name, kind, mapping, updated_at) values ($1::uuid, $2::text, $3::text, $4::jsonb, $5::int8)
     on conflict (lower(name)) do update set name = excluded.name, kind = excluded.kind, mapping = excluded.mapping, updated_at = excluded.updated_at
     returning id`,
    [randomUUID(), given.name, given.kind, JSON.stringify(given.mapping), Date.now()],
  )
  return { ...given, id: rows[0]!.id, builtIn: false }
}

/** @throws FileImportError `saved_mapping_unknown` */
export async function deleteMapping(db: Db, id: string): Promise<void> {
  const { rowCount } = await db.query('delete from import_mappings where id::text = $1::text', [id])
  if (rowCount === 0)
    throw new FileImportError(
      'not-found',
      'saved_mapping_unknown',
      `There is no saved mapping "${id}" that could be removed; ready ones stay.`,
      {
        field: 'id',
        value: id,
      },
    )
}
