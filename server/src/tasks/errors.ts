import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class TaskError extends Failure<'task_unknown' | 'task_done'> {}
