import { z } from 'zod'
import { type Route, id, ms, page, paged } from './parts.ts'

/** How a person is forgotten, and what proves it. It names nobody: what was known of them is gone. */
export const forgetSchema = z.object({
  id: z.string(),
  /** Ids of the profiles that the person was; they lead nowhere any more. */
  profiles: z.array(z.string()),
  requestedAt: ms,
  requestedBy: z.string(),
  state: z.enum(['pending', 'complete']),
  /** What it waits for, a sentence; null when it is complete. */
  waitsFor: z.string().nullable(),
  /** What went: rows, by the place they stood in. */
  counts: z.array(z.object({ place: z.string(), count: z.number() })),
  completedAt: ms.nullable(),
})

export type Forget = z.infer<typeof forgetSchema>

export const forgetRoutes = {
  forgetPerson: {
    method: 'POST',
    path: '/api/people/:id/forget',
    access: 'admin',
    summary: 'Forget a person: everything known of them is deleted everywhere, and they do not come back',
    params: id,
    response: forgetSchema,
  },
  forgets: {
    method: 'GET',
    path: '/api/forgets',
    access: 'admin',
    summary: 'Receipts of people who were forgotten, newest first',
    query: z.object({ ...page }),
    response: paged(forgetSchema),
  },
  forget: {
    method: 'GET',
    path: '/api/forgets/:id',
    access: 'admin',
    summary: 'One receipt: how far it has come, and how much went from where',
    params: id,
    response: forgetSchema,
  },
  allowForgotten: {
    method: 'POST',
    path: '/api/forgets/allow',
    access: 'admin',
    audit: 'bare',
    summary: 'Let somebody who was forgotten come back under an identifier; what was known of them stays gone, their opt-outs hold again',
    body: z.object({ identifier: z.string().trim().min(1).max(300) }),
    response: z.object({ allowed: z.array(z.string()).meta({ description: 'the kinds under which it was forgotten, such as email' }) }),
  },
  accessRequest: {
    method: 'GET',
    path: '/api/people/:id/everything',
    access: 'admin',
    audit: true,
    download: 'application/json',
    summary: 'Everything known of one person, as a file to hand to them',
    params: id,
    response: z.string(),
  },
} as const satisfies Record<string, Route>
