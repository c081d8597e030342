import { z } from 'zod'
import { type Route, done, id, ms, page, paged } from './parts.ts'
import { personSchema } from './people.ts'

export const listIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and dashes, at most 63 characters, such as "newsletter-2026"')

export const listNameSchema = z.string().trim().min(1).max(120)

export const listSchema = z.object({
  id: z.string(),
  name: z.string(),
  members: z.number(),
  createdAt: ms,
  createdBy: z.string(),
  deletedAt: ms.nullable(),
})

export type List = z.infer<typeof listSchema>

const text = z.string().min(1).max(255).optional()

/** One person, named in one way. */
export const personRefSchema = z
  .strictObject({
    id: text.meta({ description: 'the id of the profile' }),
    userId: text.meta({ description: "the shop's own id of the person" }),
    email: text,
    phone: text,
  })
  .refine((ref) => Object.values(ref).filter((value) => value !== undefined).length === 1, 'exactly one of id, userId, email, phone')

export type PersonRef = z.infer<typeof personRefSchema>

/** How many people one call may add or remove. */
export const listCallLimit = 2_500

const people = z.array(personRefSchema).min(1).max(listCallLimit)

export const listChangeSchema = z.object({
  changed: z.number().meta({ description: 'joined, or left' }),
  unchanged: z.number().meta({ description: 'were in the list already, or not in it' }),
  unknown: z
    .array(z.object({ index: z.number(), reason: z.string() }))
    .meta({ description: 'whom nobody knows by this, by their place in the call' }),
})

export const listsRoutes = {
  lists: {
    method: 'GET',
    path: '/api/lists',
    access: 'viewer',
    summary: 'All lists with their size; with deleted=true those that were deleted',
    query: z.object({ deleted: z.enum(['true', 'false']).default('false') }),
    response: z.object({ items: z.array(listSchema) }),
  },
  list: {
    method: 'GET',
    path: '/api/lists/:id',
    access: 'viewer',
    summary: 'One list, and the definitions that use it',
    params: id,
    response: listSchema.extend({ usedIn: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })) }),
  },
  createList: {
    method: 'POST',
    path: '/api/lists',
    access: 'editor',
    summary: 'Make a list; its id is made from the name unless one is given, and never changes',
    body: z.object({ name: listNameSchema, id: listIdSchema.optional() }),
    response: listSchema,
  },
  renameList: {
    method: 'PUT',
    path: '/api/lists/:id',
    access: 'editor',
    summary: 'Give a list another name',
    params: id,
    body: z.object({ name: listNameSchema }),
    response: listSchema,
  },
  deleteList: {
    method: 'DELETE',
    path: '/api/lists/:id',
    access: 'editor',
    summary: 'Delete a list that no definition uses; it can be restored',
    params: id,
    response: done,
  },
  restoreList: {
    method: 'POST',
    path: '/api/lists/:id/restore',
    access: 'editor',
    summary: 'Bring a deleted list back, with its members',
    params: id,
    response: listSchema,
  },
  listMembers: {
    method: 'GET',
    path: '/api/lists/:id/members',
    access: 'viewer',
    summary: 'Who is in a list, the newest profile first',
    params: id,
    query: z.object({ ...page }),
    response: paged(z.object({ person: personSchema, since: ms })),
  },
  addListMembers: {
    method: 'POST',
    path: '/api/lists/:id/members',
    access: 'editor',
    audit: 'bare',
    summary: 'Add people to a list, at most 2,500 a call; repeated, nothing happens twice',
    bodyBytes: 4 * 1024 * 1024,
    params: id,
    body: z.object({
      people,
      create: z.boolean().default(false).meta({ description: 'whether a profile is made for whom nobody knows yet' }),
    }),
    response: listChangeSchema,
  },
  removeListMembers: {
    method: 'POST',
    path: '/api/lists/:id/members/remove',
    access: 'editor',
    audit: 'bare',
    summary: 'Remove people from a list, at most 2,500 a call',
    bodyBytes: 4 * 1024 * 1024,
    params: id,
    body: z.object({ people }),
    response: listChangeSchema,
  },
  personLists: {
    method: 'GET',
    path: '/api/people/:id/lists',
    access: 'viewer',
    summary: 'The lists that a person is in',
    params: id,
    response: z.object({ items: z.array(z.object({ id: z.string(), name: z.string(), since: ms })) }),
  },
} as const satisfies Record<string, Route>
