/** What a person reads when a command fails: the message and its causes, without a stack. With THROUGHLINE_LOG_LEVEL=debug the stack as well. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (process.env.THROUGHLINE_LOG_LEVEL === 'debug' || process.env.THROUGHLINE_LOG_LEVEL === 'trace') return error.stack ?? error.message
  // An error with a code of ours says everything in its message; what lies below it is for the log.
  if ('code' in error && typeof error.code === 'string' && /^[a-z_]+$/.test(error.code)) return error.message
  const lines = [error.message]
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause.message && !lines.some((line) => line.includes(cause.message))) lines.push(`  because: ${cause.message}`)
  }
  return lines.join('\n')
}
