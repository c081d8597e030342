/** Codes of errors of the pipeline; each is explained in docs/errors.md. */
export const pipelineErrorCodes = [
  'lease_lost',
  'timer_loop',
  'control_unknown',
  'control_broken',
  'profile_format',
  'history_lost',
  'archive_name',
  'archive_unreadable',
  'archive_present',
] as const
export type PipelineErrorCode = (typeof pipelineErrorCodes)[number]

export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly code: PipelineErrorCode
  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
