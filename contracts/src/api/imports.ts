import { z } from 'zod'
import { listIdSchema } from './lists.ts'
import { type Route, done, id, ms, page, paged } from './parts.ts'

/** What the rows of a file are. */
export const importKinds = ['people', 'events', 'orders', 'consents', 'suppressions'] as const
export type ImportKind = (typeof importKinds)[number]

/** What becomes of the values of a column. */
export const importTargets = [
  'ignore',
  'user_id',
  'email',
  'phone',
  'anonymous_id',
  'time',
  'trait',
  'email_opt_out',
  'email_consent',
  'event',
  'property',
  'message_id',
  'order_id',
  'total',
  'revenue',
  'shipping',
  'tax',
  'discount',
  'currency',
  'coupon',
  'sku',
  'product',
  'quantity',
  'price',
  'channel',
  'topic',
  'state',
  'wording',
  'address',
  'reason',
] as const
export type ImportTarget = (typeof importTargets)[number]

const who = ['user_id', 'email', 'phone', 'anonymous_id'] as const

/** Which targets rows of a kind have; those of `needs` have to be there, of each list at least one. */
export const importTargetsOf: {
  readonly [K in ImportKind]: { readonly takes: readonly ImportTarget[]; readonly needs: readonly (readonly ImportTarget[])[] }
} = {
  people: { takes: [...who, 'trait', 'time', 'email_opt_out', 'email_consent', 'ignore'], needs: [who] },
  events: { takes: [...who, 'event', 'time', 'property', 'message_id', 'ignore'], needs: [who, ['time']] },
  orders: {
    takes: [
      ...who,
      'order_id',
      'time',
      'total',
      'revenue',
      'shipping',
      'tax',
      'discount',
      'currency',
      'coupon',
      'sku',
      'product',
      'quantity',
      'price',
      'property',
      'ignore',
    ],
    needs: [who, ['order_id'], ['time'], ['total', 'price']],
  },
  consents: { takes: [...who, 'channel', 'topic', 'state', 'time', 'wording', 'ignore'], needs: [who] },
  suppressions: { takes: ['address', 'channel', 'reason', 'time', 'ignore'], needs: [['address']] },
}

/** How the values of a trait or property are read. */
export const columnTypes = ['text', 'number', 'money', 'yes-no', 'date', 'list', 'json'] as const
export type ColumnType = (typeof columnTypes)[number]

export const fileFormats = ['csv', 'jsonl', 'xlsx'] as const
export const fileEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export const dateOrders = ['ymd', 'dmy', 'mdy'] as const

/** How the file is to be read. */
export const fileSettingsSchema = z.strictObject({
  format: z.enum(fileFormats),
  encoding: z.enum(fileEncodings).default('utf-8'),
  delimiter: z.string().length(1).default(','),
  header: z.boolean().default(true).meta({ description: 'whether the first row names the columns' }),
  decimalMark: z.enum(['.', ',']).default('.'),
  dateOrder: z.enum(dateOrders).default('ymd'),
  zone: z.string().min(1).max(64).default('UTC').meta({ description: 'of times that name none' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'a currency of three capital letters, such as EUR')
    .default('EUR'),
})
export type FileSettings = z.infer<typeof fileSettingsSchema>

export const mappedColumnSchema = z.strictObject({
  column: z.string().min(1).max(300),
  to: z.enum(importTargets),
  name: z.string().min(1).max(200).optional().meta({ description: 'of the trait or property; the column’s own where nothing is said' }),
  type: z.enum(columnTypes).optional().meta({ description: 'of the trait or property; text where nothing is said' }),
})
export type MappedColumn = z.infer<typeof mappedColumnSchema>

/** How the rows of a file become events. */
export const importMappingSchema = z.strictObject({
  file: fileSettingsSchema,
  columns: z.array(mappedColumnSchema).min(1).max(500),
  /** What the file itself does not say. */
  event: z.string().min(1).max(200).optional().meta({ description: 'the name of all events of a file without such a column' }),
  channel: z
    .string()
    .min(1)
    .max(40)
    .optional()
    .meta({ description: 'the channel of all consents or suppressions; email where nothing is said' }),
  state: z.enum(['granted', 'withdrawn']).optional().meta({ description: 'what all people of a file of consents said' }),
})
export type ImportMapping = z.infer<typeof importMappingSchema>

export const importOptionsSchema = z.strictObject({
  list: listIdSchema.nullable().default(null).meta({ description: 'the list that everybody in the file joins' }),
  triggers: z.boolean().default(false).meta({ description: 'whether these events start and move journeys' }),
})
export type ImportOptions = z.infer<typeof importOptionsSchema>

/**
 * Where an import stands:
 *
 *   draft ──check──► checking ──► draft
 *   draft ──start──► running ──► done
 *   running ──cancel──► cancelled ──start──► running (goes on where it stopped)
 *   checking, running ──error──► failed ──start──► running
 */
export const importStates = ['draft', 'checking', 'running', 'done', 'failed', 'cancelled'] as const
export type ImportState = (typeof importStates)[number]

/** Rows by what came of them; together they are all rows that were read. */
export const importCountsSchema = z.object({
  rows: z.number(),
  new: z.number().meta({ description: 'people, events, orders or addresses that were not known' }),
  changed: z.number().meta({ description: 'of people who were known' }),
  unchanged: z.number().meta({ description: 'said nothing new' }),
  kept: z.number().meta({ description: 'consents that would have undone an opt-out, which stands' }),
  refused: z.number(),
})
export type ImportCounts = z.infer<typeof importCountsSchema>

export const fileImportSchema = z.object({
  id: z.string(),
  kind: z.enum(importKinds),
  name: z.string(),
  bytes: z.number(),
  state: z.enum(importStates),
  mapping: importMappingSchema,
  preset: z.string().nullable().meta({ description: 'the saved mapping that was chosen by the names of the columns' }),
  options: importOptionsSchema,
  /** Of the run, or of the check while that is at work. */
  progress: z.number().min(0).max(1),
  counts: importCountsSchema,
  check: importCountsSchema.nullable(),
  joined: z.number().meta({ description: 'who joined the list' }),
  error: z.string().nullable(),
  pull: z.string().nullable().meta({ description: 'the pull that fetched the file' }),
  createdAt: ms,
  createdBy: z.string(),
  startedAt: ms.nullable(),
  finishedAt: ms.nullable(),
})
export type FileImport = z.infer<typeof fileImportSchema>

export const sampleColumnSchema = z.object({
  column: z.string(),
  values: z.array(z.string()).meta({ description: 'the first few that are not empty' }),
  type: z.enum(columnTypes),
  read: z.string().nullable().meta({ description: 'how the first value is understood' }),
})
export type SampleColumn = z.infer<typeof sampleColumnSchema>

export const importSampleSchema = z.object({
  columns: z.array(sampleColumnSchema),
  notes: z.array(z.string()).meta({ description: 'what was detected, and what is not certain' }),
  missing: z.array(z.string()).meta({ description: 'what the mapping lacks before it can run' }),
})

export const importErrorSchema = z.object({
  row: z.number(),
  column: z.string().nullable(),
  value: z.string().nullable(),
  reason: z.string(),
  allowed: z.string().nullable(),
})
export type ImportError = z.infer<typeof importErrorSchema>

export const savedMappingSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(importKinds),
  mapping: importMappingSchema,
  builtIn: z.boolean(),
})

/** The largest file that is taken, in bytes. */
export const importFileBytes = 2 * 1024 ** 3

const phase = { phase: z.enum(['check', 'run']).default('run') }

export const importsRoutes = {
  imports: {
    method: 'GET',
    path: '/api/imports',
    access: 'viewer',
    summary: 'Imports of files, newest first',
    query: z.object({ ...page }),
    response: paged(fileImportSchema),
  },
  uploadImport: {
    method: 'POST',
    path: '/api/imports',
    access: 'editor',
    summary: 'Upload a file (the body itself, as application/octet-stream) and get a mapping suggested; nothing is imported yet',
    upload: true,
    bodyBytes: importFileBytes,
    query: z.object({ kind: z.enum(importKinds), name: z.string().min(1).max(200) }),
    response: fileImportSchema,
  },
  fileImport: { method: 'GET', path: '/api/imports/:id', access: 'viewer', summary: 'One import', params: id, response: fileImportSchema },
  importSample: {
    method: 'GET',
    path: '/api/imports/:id/sample',
    access: 'editor',
    summary: 'The first rows of the file as the mapping reads them',
    params: id,
    response: importSampleSchema,
  },
  mapImport: {
    method: 'PUT',
    path: '/api/imports/:id/mapping',
    access: 'editor',
    summary: 'Say how the file is to be read; without columns these are suggested anew',
    bodyBytes: 1024 * 1024,
    params: id,
    body: z.object({
      mapping: importMappingSchema.omit({ columns: true }).extend({ columns: z.array(mappedColumnSchema).max(500).optional() }),
      options: importOptionsSchema.optional(),
    }),
    response: fileImportSchema,
  },
  checkImport: {
    method: 'POST',
    path: '/api/imports/:id/check',
    access: 'editor',
    summary: 'Read the whole file and count what would be new, changed and refused; nothing is written',
    params: id,
    response: fileImportSchema,
  },
  startImport: {
    method: 'POST',
    path: '/api/imports/:id/start',
    access: 'editor',
    summary: 'Import the file; one that was interrupted goes on where it stopped',
    params: id,
    response: fileImportSchema,
  },
  cancelImport: {
    method: 'POST',
    path: '/api/imports/:id/cancel',
    access: 'editor',
    summary: 'Stop; what was imported stays',
    params: id,
    response: fileImportSchema,
  },
  deleteImport: {
    method: 'DELETE',
    path: '/api/imports/:id',
    access: 'editor',
    summary: 'Remove an import that is not at work, with its file and its errors; what was imported stays',
    params: id,
    response: done,
  },
  importErrors: {
    method: 'GET',
    path: '/api/imports/:id/errors',
    access: 'editor',
    summary: 'Rows that were refused, of the check or of the run',
    params: id,
    query: z.object({ ...phase, ...page }),
    response: paged(importErrorSchema),
  },
  importErrorsFile: {
    method: 'GET',
    path: '/api/imports/:id/errors.csv',
    access: 'editor',
    summary: 'All of them as a CSV file: row, column, value, reason, allowed',
    download: 'text/csv',
    params: id,
    query: z.object({ ...phase }),
    response: z.string(),
  },
  savedMappings: {
    method: 'GET',
    path: '/api/import-mappings',
    access: 'viewer',
    summary: 'Saved mappings, with the ready ones for HubSpot, Salesforce and Klaviyo',
    response: z.object({ items: z.array(savedMappingSchema) }),
  },
  saveMapping: {
    method: 'POST',
    path: '/api/import-mappings',
    access: 'editor',
    summary: 'Save a mapping under a name, instead of the one that has it; files with these columns get it suggested',
    bodyBytes: 1024 * 1024,
    body: z.object({ name: z.string().trim().min(1).max(120), kind: z.enum(importKinds), mapping: importMappingSchema }),
    response: savedMappingSchema,
  },
  deleteMapping: {
    method: 'DELETE',
    path: '/api/import-mappings/:id',
    access: 'editor',
    summary: 'Remove a saved mapping',
    params: id,
    response: done,
  },
} as const satisfies Record<string, Route>
