import { z } from 'zod'

/** A property of an event, by its name or a dotted path: `order_id`, `cart.id`. */
export const propertyPathSchema = z.string().min(1).max(200)
