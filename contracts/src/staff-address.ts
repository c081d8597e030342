import { z } from 'zod'

/** An e-mail address of somebody who works for the shop; small letters. */
export const staffAddressSchema = z.email({ error: 'an e-mail address such as "ann@shop.example"' }).max(254).toLowerCase()
