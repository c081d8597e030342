/**
 * HTTP: the shell around the routes.
 *
 * - *handler*: what answers one route of the contracts' table.
 * - *failure*: a refusal that its receiver may read, with a stable code; only this folder knows status codes.
 * - *caller*: who is calling, a signed-in user or the bearer of an API key.
 */
export { registerApi, type ApiOptions } from './register-api.ts'
export type { Authenticator } from './authenticate.ts'
export type { AuditDetails, CallContext, Caller, Download, Handler, HandlerRequest, Handlers } from './handler.ts'
export type { AuditedCall, AuditPort, AuditRecord } from './audited.ts'
export { Failure, statusOf, type FailureDetails, type FailureKind } from './failure.ts'
export { HttpFailure } from './errors.ts'
export { answerFailure } from './answer-failure.ts'
export { problemsOf } from './problems.ts'
export { readCursor, writeCursor } from './cursor.ts'
export { escapeHtml, plainPage, sendPage } from './plain-page.ts'
export { makeRateLimit } from './rate-limit.ts'
export { sendEvents } from './server-sent-events.ts'
export { checkPort, closeServer, listen, makeHttpServer, type HttpServerOptions } from './server.ts'
export type { HealthCheck, HealthChecks } from './health.ts'
