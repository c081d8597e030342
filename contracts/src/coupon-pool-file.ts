import { z } from 'zod'
import { definitionIdSchema } from './id.ts'
import { staffAddressSchema } from './staff-address.ts'

/** What is said of a pool of coupon codes besides the codes. */
export const couponPoolFields = {
  name: z.string().trim().min(1).max(120),
  /** What a code is worth, as messages say it: `10 % off`. */
  value: z.string().max(200).default(''),
  /** The last day on which its codes are good, by the shop's clocks. */
  expires: z.iso.date({ error: 'a day such as "2026-12-31"' }).nullable().default(null),
  /** Staff are told once so few codes are left; null: once none is. */
  alertAt: z.int().min(0).max(1_000_000).nullable().default(null),
  /** Who gets a mail then. */
  alertTo: z.array(staffAddressSchema).max(10).default([]),
}

/** A pool as a file keeps it: without its codes, which never leave the server. Not a definition: it has no versions, and what it says holds at once. */
export const couponPoolFileSchema = z
  .strictObject({ kind: z.literal('coupon-pool'), id: definitionIdSchema, ...couponPoolFields })
  .meta({ id: 'CouponPool' })
export type CouponPoolFile = z.infer<typeof couponPoolFileSchema>
