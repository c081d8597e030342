import type { z } from 'zod'
import { accountsRoutes } from './accounts.ts'
import { statusRoutes } from './status.ts'
import { eventsRoutes } from './events.ts'
import { peopleRoutes } from './people.ts'
import { journeysRoutes } from './journeys.ts'
import { testRunsRoutes } from './test-runs.ts'
import { experimentsRoutes } from './experiments.ts'
import { briefsRoutes } from './briefs.ts'
import { rehearsalsRoutes } from './rehearsals.ts'
import { shopEventsRoutes } from './shop-events.ts'
import { journeyPeopleRoutes } from './journey-people.ts'
import { journeyDraftsRoutes } from './journey-drafts.ts'
import { campaignApprovalsRoutes } from './campaign-approvals.ts'
import { campaignSendsRoutes } from './campaign-sends.ts'
import { campaignVariantsRoutes } from './campaign-variants.ts'
import { campaignsRoutes } from './campaigns.ts'
import { readyMadeRoutes } from './ready-made.ts'
import { importsRoutes } from './imports.ts'
import { hooksRoutes } from './hooks.ts'
import { pullsRoutes } from './pulls.ts'
import { listsRoutes } from './lists.ts'
import { couponsRoutes } from './coupons.ts'
import { adAudiencesRoutes } from './ad-audiences.ts'
import { tasksRoutes } from './tasks.ts'
import { formsRoutes } from './forms.ts'
import { rfmRoutes } from './rfm.ts'
import { answerRatesRoutes } from './answer-rates.ts'
import { segmentsRoutes } from './segments.ts'
import { templatesRoutes } from './templates.ts'
import { messagesRoutes } from './messages.ts'
import { inboundRoutes } from './inbound.ts'
import { providersRoutes } from './providers.ts'
import { definitionsRoutes } from './definitions.ts'
import { auditRoutes } from './audit.ts'
import { forgetRoutes } from './forget.ts'
import { exportRoutes } from './export.ts'
import { personHistoryRoutes } from './person-history.ts'
import type { Route } from './parts.ts'

export { errorSchema, roles, timelineEntrySchema, type Access, type ApiError, type Role, type Route, type TimelineEntry } from './parts.ts'
export * from './accounts.ts'
export * from './status.ts'
export * from './events.ts'
export * from './people.ts'
export * from './journeys.ts'
export * from './journey-people.ts'
export * from './experiments.ts'
export * from './briefs.ts'
export * from './rehearsals.ts'
export * from './shop-events.ts'
export * from './test-runs.ts'
export * from './journey-drafts.ts'
export * from './campaign-approvals.ts'
export * from './campaign-sends.ts'
export * from './campaign-variants.ts'
export * from './campaigns.ts'
export * from './ready-made.ts'
export * from './segments.ts'
export * from './templates.ts'
export * from './rfm.ts'
export * from './answer-rates.ts'
export * from './lists.ts'
export * from './coupons.ts'
export * from './tasks.ts'
export * from './ad-audiences.ts'
export * from './forms.ts'
export * from './imports.ts'
export * from './pulls.ts'
export * from './hooks.ts'
export * from './messages.ts'
export * from './inbound.ts'
export * from './providers.ts'
export * from './definitions.ts'
export * from './audit.ts'
export * from './forget.ts'
export * from './export.ts'
export * from './person-history.ts'

/** Every route of the management API: the server registers these and no others, the console's client and the OpenAPI page are made from them. */
export const routes = {
  ...accountsRoutes,
  ...statusRoutes,
  ...eventsRoutes,
  ...peopleRoutes,
  ...journeysRoutes,
  ...journeyPeopleRoutes,
  ...experimentsRoutes,
  ...briefsRoutes,
  ...rehearsalsRoutes,
  ...shopEventsRoutes,
  ...testRunsRoutes,
  ...journeyDraftsRoutes,
  ...campaignsRoutes,
  ...campaignSendsRoutes,
  ...campaignVariantsRoutes,
  ...campaignApprovalsRoutes,
  ...readyMadeRoutes,
  ...segmentsRoutes,
  ...templatesRoutes,
  ...rfmRoutes,
  ...answerRatesRoutes,
  ...listsRoutes,
  ...couponsRoutes,
  ...tasksRoutes,
  ...adAudiencesRoutes,
  ...formsRoutes,
  ...importsRoutes,
  ...pullsRoutes,
  ...hooksRoutes,
  ...messagesRoutes,
  ...inboundRoutes,
  ...providersRoutes,
  ...definitionsRoutes,
  ...auditRoutes,
  ...forgetRoutes,
  ...exportRoutes,
  ...personHistoryRoutes,
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof routes

/** Whether calls of a route stand in the audit log. */
export function isAudited(route: Route): boolean {
  return route.audit === undefined ? route.method !== 'GET' : route.audit !== false
}

type Part<N extends RouteName, K extends string> = (typeof routes)[N] extends { readonly [P in K]: infer S extends z.ZodType } ? S : never
/** What a caller hands in (before defaults) and gets back, per route. */
export type RouteInput<N extends RouteName> = {
  params: [Part<N, 'params'>] extends [never] ? undefined : z.input<Part<N, 'params'>>
  query: [Part<N, 'query'>] extends [never] ? undefined : z.input<Part<N, 'query'>>
  body: [Part<N, 'body'>] extends [never] ? undefined : z.input<Part<N, 'body'>>
}
/** What a handler receives (after defaults). */
export type RouteRequest<N extends RouteName> = {
  params: [Part<N, 'params'>] extends [never] ? undefined : z.output<Part<N, 'params'>>
  query: [Part<N, 'query'>] extends [never] ? undefined : z.output<Part<N, 'query'>>
  body: [Part<N, 'body'>] extends [never] ? undefined : z.output<Part<N, 'body'>>
}
export type RouteResponse<N extends RouteName> = z.output<(typeof routes)[N]['response']>
