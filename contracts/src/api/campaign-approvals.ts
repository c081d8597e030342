import { z } from 'zod'
import { type Route, ms, sendParams } from './parts.ts'

/**
 * How a send stands with the approval by a second person: `open` somebody has to ask for it (a program ordered it, or what it says was changed) ·
 * `asked` another person has to decide · `approved` · `refused`.
 */
export const approvalStates = ['open', 'asked', 'approved', 'refused'] as const

export const sendApprovalSchema = z.object({
  state: z.enum(approvalStates),
  people: z.number().meta({ description: 'in the audience when it was asked for' }),
  askedBy: z.string(),
  askedAt: ms,
  decidedBy: z.string().nullable(),
  decidedAt: ms.nullable(),
  note: z.string().nullable().meta({ description: 'what was said with the decision, or why it is open: a sentence' }),
})
export type SendApproval = z.infer<typeof sendApprovalSchema>

/** One place in which a part differs; null: nothing stands there. Values as text. */
const placeSchema = z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() })

/** A definition, or the send itself, that is not as it was when a send of this campaign was approved last. */
export const approvalChangeSchema = z.object({
  kind: z.enum(['campaign', 'template', 'segment', 'trait', 'send']),
  id: z.string(),
  name: z.string(),
  change: z.enum(['new', 'changed', 'gone']),
  places: z.array(placeSchema),
  more: z.number().meta({ description: 'places that differ besides those named' }),
})
export type ApprovalChange = z.infer<typeof approvalChangeSchema>

export const approvalDetailsSchema = z.object({
  approval: sendApprovalSchema.nullable(),
  digest: z.string().meta({ description: 'what is approved, by its hash: the campaign, its templates and segments, and when it goes out' }),
  sentence: z.string(),
  people: z.number().meta({ description: 'in the audience now' }),
  isChanged: z.boolean().meta({ description: 'whether anything of it was changed since it was asked for' }),
  since: z
    .object({ number: z.number(), by: z.string(), at: ms })
    .nullable()
    .meta({ description: 'the send that was approved last, with which it is compared' }),
  changes: z.array(approvalChangeSchema),
  mayDecide: z.boolean(),
  mayAsk: z.boolean(),
  whyNot: z.string().nullable().meta({ description: 'why the caller may not decide: a sentence' }),
})
export type ApprovalDetails = z.infer<typeof approvalDetailsSchema>

export const campaignApprovalsRoutes = {
  sendApproval: {
    method: 'GET',
    path: '/api/campaigns/:id/sends/:number/approval',
    access: 'viewer',
    summary: 'What is to be approved of a send: how many get it, and what differs from what was approved last',
    params: sendParams,
    response: approvalDetailsSchema,
  },
  decideApproval: {
    method: 'POST',
    path: '/api/campaigns/:id/sends/:number/approval',
    access: 'editor',
    summary: 'Approve or refuse a send that somebody else asked for; a signed-in person only, no API key',
    params: sendParams,
    body: z.strictObject({
      decision: z.enum(['approve', 'refuse']),
      digest: z.string().length(64).meta({ description: 'what was looked at; refused when it is not that any more' }),
      note: z.string().trim().min(1).max(1_000).optional(),
    }),
    response: z.object({ approval: sendApprovalSchema }),
  },
  askApproval: {
    method: 'POST',
    path: '/api/campaigns/:id/sends/:number/approval/ask',
    access: 'editor',
    summary: 'Ask for the approval of a send as it is by now; whoever asks answers for it, and somebody else decides',
    params: sendParams,
    response: z.object({ approval: sendApprovalSchema }),
  },
} as const satisfies Record<string, Route>
