import { z } from 'zod'
import { staffAddressSchema } from '../staff-address.ts'
import { type Route, id, ms, page, paged } from './parts.ts'
import { personSchema } from './people.ts'

export const taskSchema = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  assignee: z.string().meta({ description: 'the e-mail address of whose it is' }),
  person: personSchema.nullable().meta({ description: 'whom it is about; null: forgotten' }),
  journey: z.string(),
  step: z.string(),
  createdAt: ms,
  dueAt: ms.nullable().meta({ description: 'until when it should be done; null: whenever there is time' }),
  doneAt: ms.nullable().meta({ description: 'null: it is open' }),
  doneBy: z.string().nullable(),
  note: z.string().nullable().meta({ description: 'what was said when it was done, or opened again' }),
  problem: z.string().nullable().meta({ description: 'why its texts could not be written' }),
})
export type Task = z.infer<typeof taskSchema>

const note = z.string().trim().max(2_000).default('')

export const tasksRoutes = {
  tasks: {
    method: 'GET',
    path: '/api/tasks',
    access: 'viewer',
    summary: 'Tasks that journeys made for people of the shop: open ones by when they are due, those that are done the latest first',
    query: z.object({
      state: z.enum(['open', 'done']).default('open'),
      assignee: z.string().min(1).optional(),
      journey: z.string().min(1).optional(),
      person: z.string().min(1).optional(),
      ...page,
    }),
    response: paged(taskSchema),
  },
  taskAssignees: {
    method: 'GET',
    path: '/api/tasks/assignees',
    access: 'viewer',
    summary: 'Whose tasks there are, and how many of each are open and overdue',
    response: z.object({ items: z.array(z.object({ assignee: z.string(), open: z.number(), overdue: z.number() })) }),
  },
  task: {
    method: 'GET',
    path: '/api/tasks/:id',
    access: 'viewer',
    summary: 'One task',
    params: id,
    response: taskSchema,
  },
  finishTask: {
    method: 'POST',
    path: '/api/tasks/:id/done',
    access: 'editor',
    audit: 'bare',
    summary: 'Say that a task is done, with a note; the timeline of the person says so, and journeys that wait for it go on',
    params: id,
    body: z.strictObject({ note }),
    response: taskSchema,
  },
  reopenTask: {
    method: 'POST',
    path: '/api/tasks/:id/reopen',
    access: 'editor',
    audit: 'bare',
    summary: 'Open a task again that was not done after all; what journeys have heard of it stays heard',
    params: id,
    body: z.strictObject({ note }),
    response: taskSchema,
  },
  assignTask: {
    method: 'POST',
    path: '/api/tasks/:id/assign',
    access: 'editor',
    summary: 'Give an open task to somebody else; no mail goes out',
    params: id,
    body: z.strictObject({ assignee: staffAddressSchema }),
    response: taskSchema,
  },
} as const satisfies Record<string, Route>
