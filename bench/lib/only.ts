/** `--only=TEXT|TEXT` on the command line: whether one of this name is to be measured, since its name contains one of them. Without it, each is. */
export function isAsked(name: string): boolean {
  const only = process.argv
    .find((one) => one.startsWith('--only='))
    ?.slice('--only='.length)
    .split('|')
  return only === undefined || only.some((text) => name.includes(text))
}
