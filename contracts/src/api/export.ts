import { z } from 'zod'
import { type Route } from './parts.ts'

export const exportFormats = ['csv', 'ndjson', 'parquet'] as const

export const exportColumnSchema = z.object({
  id: z.string().meta({ description: 'what goes into `columns`' }),
  label: z.string(),
  group: z.enum(['person', 'identifier', 'consent', 'trait', 'computed']),
})

export const exportRoutes = {
  exportColumns: {
    method: 'GET',
    path: '/api/export/columns',
    access: 'editor',
    summary: 'Columns that an export of people may have; traits as the newest people have them',
    response: z.object({ items: z.array(exportColumnSchema), standard: z.array(z.string()) }),
  },
  exportPeople: {
    method: 'GET',
    path: '/api/export/people',
    access: 'editor',
    audit: true,
    download: 'text/csv',
    summary: 'All people, or those in a segment, as CSV, JSON lines or Parquet, written as they are read',
    query: z.object({
      format: z.enum(exportFormats).default('csv'),
      segment: z.string().max(200).optional().meta({ description: 'id of a segment; everybody without it' }),
      columns: z.string().max(10_000).optional().meta({ description: 'ids of columns, with commas between; the standard ones without it' }),
    }),
    response: z.string(),
  },
} as const satisfies Record<string, Route>
