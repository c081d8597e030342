import { z } from 'zod'
import { checkForm, formFields } from '../form-file.ts'
import { definitionIdSchema } from '../id.ts'
import { type Route, done, id, ms, page, paged } from './parts.ts'
import { personSchema } from './people.ts'

const count = z.number().int().min(0)

export const formSchema = z.object({
  id: z.string(),
  ...formFields,
  submissions: count,
  lately: count.meta({ description: 'submissions of the last 30 days' }),
  asked: count.meta({ description: 'submissions that were asked to confirm' }),
  confirmed: count.meta({ description: 'of these, how many have' }),
  lastAt: ms.nullable().meta({ description: 'the latest submission' }),
  createdAt: ms,
  createdBy: z.string(),
  deletedAt: ms.nullable(),
})
export type Form = z.infer<typeof formSchema>

export const formSubmissionSchema = z.object({
  person: personSchema.nullable().meta({ description: 'null: nobody is known by it yet' }),
  at: ms,
  askedUntil: ms.nullable().meta({ description: 'until when it can be confirmed; null: there is nothing to confirm' }),
  confirmedAt: ms.nullable(),
})

const body = z.strictObject(formFields)

export const formsRoutes = {
  forms: {
    method: 'GET',
    path: '/api/forms',
    access: 'viewer',
    summary: 'All forms and how often they were submitted and confirmed; with deleted=true those that were deleted',
    query: z.object({ deleted: z.enum(['true', 'false']).default('false') }),
    response: z.object({ items: z.array(formSchema) }),
  },
  form: {
    method: 'GET',
    path: '/api/forms/:id',
    access: 'viewer',
    summary: 'One form, the HTML that a page of the shop holds, and the journeys that it starts',
    params: id,
    response: formSchema.extend({
      html: z.string(),
      usedIn: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    }),
  },
  createForm: {
    method: 'POST',
    path: '/api/forms',
    access: 'editor',
    summary: 'Make a form; its id is made from the name unless one is given, and never changes',
    body: body.extend({ id: definitionIdSchema.optional() }).superRefine(checkForm),
    response: formSchema,
  },
  setForm: {
    method: 'PUT',
    path: '/api/forms/:id',
    access: 'editor',
    summary: 'Say of a form what it asks for, what people agree to by it, and what they read and get afterwards',
    params: id,
    body: body.superRefine(checkForm),
    response: formSchema,
  },
  deleteForm: {
    method: 'DELETE',
    path: '/api/forms/:id',
    access: 'editor',
    summary: 'Delete a form that starts no journey: it takes nothing any more; it can be restored',
    params: id,
    response: done,
  },
  restoreForm: {
    method: 'POST',
    path: '/api/forms/:id/restore',
    access: 'editor',
    summary: 'Bring a deleted form back',
    params: id,
    response: formSchema,
  },
  formSubmissions: {
    method: 'GET',
    path: '/api/forms/:id/submissions',
    access: 'viewer',
    summary: 'Who submitted a form and who has confirmed, the latest first',
    params: id,
    query: z.object({ ...page }),
    response: paged(formSubmissionSchema),
  },
} as const satisfies Record<string, Route>
