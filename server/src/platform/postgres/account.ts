import { chownSync, existsSync, lstatSync, lchownSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The user and group that a process runs as. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

// PostgreSQL refuses to run as root. This id lies in a range that Debian and Fedora hand to nobody, so that no other
// service on the machine owns our files by chance.
const OWN_ID = 59_432

/** Whether this process may become another user. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * Gives an empty cluster folder to the account that PostgreSQL will run as, and answers it. Only for root.
 * The owner of the surrounding folder is taken when that is not root; else an id of our own; else, where the
 * container does not map that id, the account `nobody`.
 */
export function chooseAccount(cluster: string): Account {
  const outer = statSync(dirname(cluster))
  const candidates = [outer.uid === 0 ? undefined : { uid: outer.uid, gid: outer.gid }, { uid: OWN_ID, gid: OWN_ID }, namedAccount()]
  for (const account of candidates) {
    if (!account) continue
    try {
      chownSync(cluster, account.uid, account.gid)
      return account
    } catch {
      continue
    }
  }
  throw new Error(`No unprivileged account can own ${cluster}; PostgreSQL does not run as root.`)
}

/** An unprivileged account that has a name, which initdb needs and the server itself does not. */
export function namedAccount(): Account {
  const accounts = existsSync('/etc/passwd')
    ? readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .map((line) => line.split(':'))
    : []
  const found = accounts.find((fields) => fields[0] === 'nobody') ?? accounts.find((fields) => Number(fields[2]) > 0)
  return found ? { uid: Number(found[2]), gid: Number(found[3]) } : { uid: 65_534, gid: 65_534 }
}

/** Gives a folder and everything in it to an account. */
export function giveTo(path: string, account: Account): void {
  lchownSync(path, account.uid, account.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const entry of readdirSync(path)) giveTo(join(path, entry), account)
}

/** Whether everybody may walk through every folder above and including this one. */
export function isReachableByAll(folder: string): boolean {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}
