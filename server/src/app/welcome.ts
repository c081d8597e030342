import { LINK_MINUTES } from '../accounts/index.ts'

/** What is printed once everything runs. */
export function describeWelcome(given: {
  readonly version: string
  readonly address: string
  readonly signInPath: string
  readonly writeKey: string
}): string {
  return [
    '',
    `Throughline ${given.version} is running.`,
    '',
    `  Console    ${given.address}`,
    `  Sign in    ${given.address}${given.signInPath}`,
    `             (works once, within ${LINK_MINUTES} minutes; then choose a password, or start again for another link)`,
    `  Write key  ${given.writeKey}`,
    '',
    '  Ctrl-C stops everything.',
    '',
    '',
  ].join('\n')
}
