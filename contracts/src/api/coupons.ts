import { z } from 'zod'
import { couponPoolFields } from '../coupon-pool-file.ts'
import { definitionIdSchema } from '../id.ts'
import { type Route, done, id, ms, page, paged } from './parts.ts'
import { personSchema } from './people.ts'

const count = z.number().int().min(0)

export const couponPoolSchema = z.object({
  id: z.string(),
  name: z.string(),
  value: z.string(),
  expires: z.string().nullable().meta({ description: 'the last day on which its codes are good, such as "2026-12-31"' }),
  alertAt: count.nullable().meta({ description: 'staff are told once so few codes are left; null: once none is' }),
  alertTo: z.array(z.string()).meta({ description: 'who gets a mail then' }),
  lowSince: ms.nullable().meta({ description: 'since when no more than that are left' }),
  free: count,
  given: count,
  redeemed: count.meta({ description: 'codes that an order carried under coupon' }),
  unreadable: count.meta({ description: 'codes that could not be opened, and are put aside' }),
  createdAt: ms,
  createdBy: z.string(),
  deletedAt: ms.nullable(),
})
export type CouponPool = z.infer<typeof couponPoolSchema>

export const givenCodeSchema = z.object({
  code: z.string().meta({ description: 'its last letters; "cannot be opened" where the server cannot read it' }),
  person: personSchema.nullable().meta({ description: 'null: forgotten' }),
  journey: z.string(),
  givenAt: ms,
  redeemedAt: ms.nullable(),
})

export const codeUploadSchema = z.object({
  added: count,
  refused: count,
  problems: z
    .array(z.object({ line: count, reason: z.string() }))
    .meta({ description: 'the first hundred lines that were refused; none of their text is repeated' }),
})

const fields = z.strictObject(couponPoolFields)

export const couponsRoutes = {
  couponPools: {
    method: 'GET',
    path: '/api/coupon-pools',
    access: 'viewer',
    summary: 'All pools of coupon codes and how many codes they have left; with deleted=true those that were deleted',
    query: z.object({ deleted: z.enum(['true', 'false']).default('false') }),
    response: z.object({ items: z.array(couponPoolSchema) }),
  },
  couponPool: {
    method: 'GET',
    path: '/api/coupon-pools/:id',
    access: 'viewer',
    summary: 'One pool, and the definitions that use it',
    params: id,
    response: couponPoolSchema.extend({ usedIn: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })) }),
  },
  createCouponPool: {
    method: 'POST',
    path: '/api/coupon-pools',
    access: 'editor',
    summary: 'Make a pool without codes; its id is made from the name unless one is given, and never changes',
    body: fields.extend({ id: definitionIdSchema.optional() }),
    response: couponPoolSchema,
  },
  setCouponPool: {
    method: 'PUT',
    path: '/api/coupon-pools/:id',
    access: 'editor',
    summary: 'Say of a pool what it is called, what its codes are worth, until when, and when staff are told that few are left',
    params: id,
    body: fields,
    response: couponPoolSchema,
  },
  deleteCouponPool: {
    method: 'DELETE',
    path: '/api/coupon-pools/:id',
    access: 'editor',
    summary: 'Delete a pool that no definition uses; it can be restored',
    params: id,
    response: done,
  },
  restoreCouponPool: {
    method: 'POST',
    path: '/api/coupon-pools/:id/restore',
    access: 'editor',
    summary: 'Bring a deleted pool back, with its codes',
    params: id,
    response: couponPoolSchema,
  },
  addCodes: {
    method: 'POST',
    path: '/api/coupon-pools/:id/codes',
    access: 'editor',
    audit: 'bare',
    summary: 'Add codes: a text with one on each line, or a CSV; lines that hold no new code are refused, the others are added',
    params: id,
    upload: true,
    response: codeUploadSchema,
  },
  removeFreeCodes: {
    method: 'DELETE',
    path: '/api/coupon-pools/:id/codes',
    access: 'editor',
    summary: 'Remove the codes of a pool that nobody was given, those put aside included',
    params: id,
    response: z.object({ removed: count }),
  },
  givenCodes: {
    method: 'GET',
    path: '/api/coupon-pools/:id/given',
    access: 'viewer',
    summary: 'Codes that were given, each with its last letters and to whom, the latest first',
    params: id,
    query: z.object({ ...page }),
    response: paged(givenCodeSchema),
  },
} as const satisfies Record<string, Route>
