import { isAudited, routes, type Route, type RouteName } from '@throughline/contracts'
import type { FastifyRequest } from 'fastify'
import { Failure } from './failure.ts'
import type { AuditDetails, AuditNote, Caller } from './handler.ts'
import type { Db } from '../postgres/index.ts'

/** A call that is about to be answered. */
export interface AuditedCall {
  readonly action: RouteName
  /** Null on a route that needs no sign-in. */
  readonly caller: Caller | null
  readonly subject: string | null
  /** What was asked for; may hold secrets. */
  readonly body: unknown
  readonly ip: string
  readonly requestId: string
}

/** One line of the audit log in the making. */
export interface AuditRecord {
  /** Writes how it ended, unless that stands there already. */
  end(db: Db | null, details: AuditDetails, outcome: 'done' | 'refused' | 'failed', code: string | null): Promise<void>
}

/** The port through which the audit log is kept. */
export interface AuditPort {
  /** Writes that a call begins, before anything of it is done. */
  begin(call: AuditedCall): Promise<AuditRecord>
}

/** What stands around the handler of a recorded call. */
export interface RunningAudit extends AuditNote {
  /** Waits for the handler and writes how it ended. */
  during<T>(answer: Promise<T>): Promise<T>
}

const silent: RunningAudit = { note: () => undefined, commit: async () => undefined, during: (answer) => answer }

/** Begins the record of a call, if its route has one. */
export async function beginAudit(
  port: AuditPort | undefined,
  action: RouteName,
  caller: Caller | null,
  parts: { readonly params: unknown; readonly body: unknown },
  request: FastifyRequest,
): Promise<RunningAudit> {
  const route: Route = routes[action]
  if (port === undefined || !isAudited(route)) return silent
  const call = {
    action,
    caller,
    subject: subjectOf(parts.params),
    body: route.audit === 'bare' ? null : parts.body,
    ip: request.ip,
    requestId: request.id,
  }
  const record = await port.begin(call)
  let details: AuditDetails = {}
  let committed = false
  return {
    note: (more) => void (details = { ...details, ...more }),
    async commit(db) {
      await record.end(db, details, 'done', null)
      committed = true
    },
    async during(answer) {
      // What became of the action is what its caller is told, whether this can be written or not: the line says `begun` then.
      const end = (outcome: 'done' | 'refused' | 'failed', code: string | null): Promise<void> =>
        record
          .end(null, details, outcome, code)
          .catch((cause: unknown) => request.log.error({ err: cause }, 'could not finish a line of the audit log'))
      let result
      try {
        result = await answer
      } catch (error) {
        await (error instanceof Failure ? end('refused', error.code) : end('failed', null))
        throw error
      }
      if (!committed) await end('done', null)
      return result
    },
  }
}

/** What the address names: the last part of it that is no fixed word. */
function subjectOf(params: unknown): string | null {
  if (typeof params !== 'object' || params === null) return null
  const values = Object.values(params)
  return values.length === 0 ? null : values.map(String).join('/')
}
