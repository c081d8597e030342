import { SecretsError } from '../../platform/secrets/index.ts'
import type { SecretBox } from '../pulls/seal.ts'

/** What was sealed of a hook; null when it was under another secret key: then it is made, or entered, anew. */
export function openIfPossible(box: SecretBox, sealed: Buffer): string | null {
  try {
    return box.decrypt(sealed)
  } catch (error) {
    if (error instanceof SecretsError) return null
    throw error
  }
}
