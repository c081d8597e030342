import { z } from 'zod'
import { fileImportSchema, importCountsSchema, importKinds, importMappingSchema, importOptionsSchema, importStates } from './imports.ts'
import { type Route, done, id, ms, page, paged } from './parts.ts'

/** How somebody who fetches a file says who they are; what is secret in it is handed in beside it. */
export const pullAuthSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), user: z.string().min(1).max(200) }),
  z.strictObject({
    kind: z.literal('header'),
    name: z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'the name of a header, such as Authorization or X-Api-Key'),
  }),
])

/** A file behind an address. What stands behind a question mark in it may be a key, and is not shown again. */
export const urlPlaceSchema = z.strictObject({
  kind: z.literal('url'),
  url: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s@/?#]+([/?#]\S*)?$/i, 'an address that begins with https:// (or http://), without a password in it'),
  auth: pullAuthSchema.default({ kind: 'none' }),
})

/** Files in a bucket that speaks Amazon's S3 protocol. */
export const s3PlaceSchema = z.strictObject({
  kind: z.literal('s3'),
  endpoint: z
    .string()
    .max(300)
    .regex(/^https?:\/\/[^\s@/?#]+\/?$/i, 'an address without a path, such as https://s3.eu-central-1.amazonaws.com')
    .nullable()
    .default(null)
    .meta({ description: 'of the service; Amazon’s own for the region where nothing is said' }),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, 'a region such as eu-central-1')
    .default('us-east-1'),
  bucket: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/, 'the name of a bucket'),
  take: z
    .enum(['object', 'prefix'])
    .default('prefix')
    .meta({ description: 'one object, whenever it changes, or all whose names begin so, each once, oldest first' }),
  path: z.string().max(1_024).default('').meta({ description: 'the name of the object, or what names begin with' }),
  pathStyle: z.boolean().default(false).meta({ description: 'whether the bucket stands in the path, as MinIO wants it' }),
  accessKeyId: z.string().min(1).max(200),
})

export const pullPlaceSchema = z.discriminatedUnion('kind', [urlPlaceSchema, s3PlaceSchema])
export type PullPlace = z.infer<typeof pullPlaceSchema>
export type PlaceKind = PullPlace['kind']

export const pullScheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('every'), minutes: z.number().int().min(5).max(43_200) }),
  z.strictObject({
    kind: z.literal('daily'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 06:30')
      .meta({ description: 'on the clocks of the shop' }),
  }),
])
export type PullSchedule = z.infer<typeof pullScheduleSchema>

/**
 * Where a pull stands: `working` fetches or is about to · `to-map` has a file whose columns nobody has mapped yet ·
 * `importing` what it fetched is being imported · `waiting` for its time · `failing` tries again · `paused`.
 */
export const pullStates = ['working', 'to-map', 'importing', 'waiting', 'failing', 'paused'] as const
export type PullState = (typeof pullStates)[number]

/** What came of one run: `imported` an import of its own was begun · `to-map` a file came that waits for its mapping. */
export const pullOutcomes = ['imported', 'to-map', 'unchanged', 'empty', 'failed'] as const
export type PullOutcome = (typeof pullOutcomes)[number]

export const pullSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(importKinds),
  place: pullPlaceSchema,
  hasSecret: z.boolean(),
  schedule: pullScheduleSchema,
  mapping: importMappingSchema.nullable(),
  options: importOptionsSchema,
  state: z.enum(pullStates),
  /** Whether it fetches nothing by its schedule, whatever its state. */
  paused: z.boolean(),
  draft: z.string().nullable().meta({ description: 'the import whose columns wait to be mapped' }),
  nextAt: ms.nullable(),
  lastAt: ms.nullable(),
  failures: z.number().meta({ description: 'in a row' }),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  aside: z
    .array(z.object({ name: z.string(), at: ms, error: z.object({ code: z.string(), message: z.string() }).nullable() }))
    .meta({ description: 'objects that could not be taken several times, so that those behind them go on; a changed one is tried again' }),
  createdAt: ms,
  createdBy: z.string(),
})
export type Pull = z.infer<typeof pullSchema>

export const pullRunSchema = z.object({
  id: z.string(),
  at: ms,
  outcome: z.enum(pullOutcomes),
  file: z.string().nullable(),
  bytes: z.number().nullable(),
  import: z.string().nullable(),
  importState: z.enum(importStates).nullable().meta({ description: 'how its import stands now' }),
  counts: importCountsSchema.nullable().meta({ description: 'of the rows of its import' }),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
})
export type PullRun = z.infer<typeof pullRunSchema>

const secret = z
  .string()
  .min(1)
  .max(4_000)
  .optional()
  .meta({ description: 'the password, the value of the header, or the secret access key; it never comes out again' })

const body = z.object({
  name: z.string().trim().min(1).max(120),
  place: pullPlaceSchema,
  secret,
  schedule: pullScheduleSchema,
  mapping: importMappingSchema.optional(),
  options: importOptionsSchema.optional(),
})

export const pullsRoutes = {
  pulls: {
    method: 'GET',
    path: '/api/pulls',
    access: 'viewer',
    summary: 'Scheduled pulls of files, by name',
    response: z.object({ items: z.array(pullSchema) }),
  },
  createPull: {
    method: 'POST',
    path: '/api/pulls',
    access: 'admin',
    summary: 'Add a pull; without a mapping its file is fetched at once and waits for one',
    audit: 'bare',
    body: body.extend({ kind: z.enum(importKinds) }),
    response: pullSchema,
  },
  pull: { method: 'GET', path: '/api/pulls/:id', access: 'viewer', summary: 'One pull', params: id, response: pullSchema },
  changePull: {
    method: 'PUT',
    path: '/api/pulls/:id',
    access: 'admin',
    summary: 'Change a pull; mapping, options and secret stay where they are left out',
    audit: 'bare',
    params: id,
    body,
    response: pullSchema,
  },
  deletePull: {
    method: 'DELETE',
    path: '/api/pulls/:id',
    access: 'admin',
    summary: 'Remove a pull; its imports and what they brought in stay',
    params: id,
    response: done,
  },
  runPull: { method: 'POST', path: '/api/pulls/:id/run', access: 'editor', summary: 'Fetch now', params: id, response: pullSchema },
  retryPullFile: {
    method: 'POST',
    path: '/api/pulls/:id/retry',
    access: 'editor',
    summary: 'Try an object again that was set aside',
    params: id,
    body: z.object({ name: z.string().min(1).max(1_024) }),
    response: pullSchema,
  },
  pausePull: {
    method: 'POST',
    path: '/api/pulls/:id/pause',
    access: 'editor',
    summary: 'Fetch nothing until it is resumed; an import that has begun goes on',
    params: id,
    response: pullSchema,
  },
  resumePull: {
    method: 'POST',
    path: '/api/pulls/:id/resume',
    access: 'editor',
    summary: 'Fetch again by the schedule',
    params: id,
    response: pullSchema,
  },
  remapPull: {
    method: 'POST',
    path: '/api/pulls/:id/remap',
    access: 'editor',
    summary: 'Fetch the file once more and let its columns be mapped anew; until then the mapping stays',
    params: id,
    response: pullSchema,
  },
  beginPull: {
    method: 'POST',
    path: '/api/pulls/:id/begin',
    access: 'editor',
    summary: 'Take the mapping and options of an import of this pull that has not begun for all its runs, and begin that import',
    params: id,
    body: z.object({ import: z.string().min(1) }),
    response: fileImportSchema,
  },
  pullRuns: {
    method: 'GET',
    path: '/api/pulls/:id/runs',
    access: 'viewer',
    summary: 'What came of the runs of a pull, the latest first',
    params: id,
    query: z.object({ ...page }),
    response: paged(pullRunSchema),
  },
} as const satisfies Record<string, Route>
