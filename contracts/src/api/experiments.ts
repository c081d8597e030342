import { z } from 'zod'
import { type Route, id, ms } from './parts.ts'

export const intervalSchema = z.object({ low: z.number(), high: z.number() })

/** Of the people given one variant, how many reached a goal afterwards. */
export const experimentResultSchema = z.object({
  converted: z.number(),
  rate: intervalSchema.meta({ description: '95 % interval of the rate, as shares of 1 (Wilson)' }),
  difference: intervalSchema
    .nullable()
    .meta({ description: '95 % interval of its rate less that of the baseline, as shares of 1 (Newcombe); null for the baseline itself' }),
  verdict: z.enum(['too-few', 'better', 'worse', 'no-difference']).nullable(),
})

export const experimentReportSchema = z.object({
  experiment: z.string(),
  step: z.string(),
  baseline: z.string().meta({ description: 'the variant that others are compared with: the people held out, or else the first' }),
  since: ms.nullable().meta({ description: 'when the first person was given a variant' }),
  mixed: z.number().meta({ description: 'people given several variants, since they were merged out of two; counted nowhere else' }),
  goals: z.array(z.string()).meta({ description: 'goals that count equally long for all; others compare nothing' }),
  variants: z.array(
    z.object({
      name: z.string(),
      people: z.number(),
      enough: z.boolean(),
      daysMore: z
        .number()
        .nullable()
        .meta({ description: 'about how many days until there are enough people; null: there are, or nobody knows' }),
      results: z.array(experimentResultSchema).meta({ description: 'one for each of the goals' }),
    }),
  ),
})
export type ExperimentReport = z.infer<typeof experimentReportSchema>

export const experimentsRoutes = {
  journeyExperiments: {
    method: 'GET',
    path: '/api/journeys/:id/experiments',
    access: 'viewer',
    summary: 'How the variants of the experiments in a journey do, over all its versions',
    params: id,
    response: z.object({ items: z.array(experimentReportSchema) }),
  },
} as const satisfies Record<string, Route>
