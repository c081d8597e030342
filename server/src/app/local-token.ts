import { randomBytes } from 'node:crypto'
import type { Authenticator } from '../platform/http/index.ts'
import { isEqual } from '../platform/secrets/index.ts'

/** A token that commands on this machine use; it lives as long as this server, and only in memory and its `server.json`. */
export function makeLocalToken(): string {
  return `local_${randomBytes(32).toString('base64url')}`
}

/** Takes the local token beside the keys that are stored. Whoever can read the data folder has the keys to everything in it anyway. */
export function withLocalToken(authenticator: Authenticator, token: string): Authenticator {
  return {
    callerOfSession: (session) => authenticator.callerOfSession(session),
    async callerOfApiKey(key) {
      if (isEqual(key, token)) return { kind: 'api-key', id: 'local', name: 'command line', role: 'admin' }
      return authenticator.callerOfApiKey(key)
    },
  }
}
