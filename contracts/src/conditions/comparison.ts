import { z } from 'zod'

const scalar = z.union([z.string(), z.number(), z.boolean()])

/** How a value is compared. Text compares without regard to case only where it says so. */
export const comparisonSchema = z
  .discriminatedUnion('op', [
    z.strictObject({ op: z.literal('is'), value: scalar }),
    z.strictObject({ op: z.literal('is-not'), value: scalar }),
    z.strictObject({ op: z.literal('one-of'), values: z.array(scalar).min(1).max(1_000) }),
    z.strictObject({ op: z.literal('contains'), value: z.string().min(1) }),
    z.strictObject({ op: z.literal('begins'), value: z.string().min(1) }),
    z.strictObject({ op: z.literal('ends'), value: z.string().min(1) }),
    z.strictObject({ op: z.literal('greater'), value: z.number() }),
    z.strictObject({ op: z.literal('at-least'), value: z.number() }),
    z.strictObject({ op: z.literal('less'), value: z.number() }),
    z.strictObject({ op: z.literal('at-most'), value: z.number() }),
    z.strictObject({ op: z.literal('exists') }),
    z.strictObject({ op: z.literal('missing') }),
  ])
  .meta({ id: 'Comparison' })
export type Comparison = z.infer<typeof comparisonSchema>
