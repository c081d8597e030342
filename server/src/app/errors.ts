/** What is wrong with the configuration, one line each; `code` is stable and documented in docs/errors.md. */
export class ConfigError extends Error {
  readonly code = 'config_invalid' as const
  constructor(problems: readonly string[]) {
    super(
      problems.length === 1 ? problems[0] : `The configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    )
    this.name = 'ConfigError'
  }
}
