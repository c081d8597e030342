/** How long a message belongs to the worker that claimed it. */
export const CLAIM_MS = 60_000

/** What waited longer for its turn at the provider is checked once more from the beginning. */
export const FRESH_MS = 2_000

/** How long one attempt may take, less than half the claim. */
export const ATTEMPT_MS = 20_000

/** What must be left of the claim when a message is checked, so that nobody else takes it up while it is being handed over. */
export const LEAST_CLAIM_MS = FRESH_MS + ATTEMPT_MS

const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 12 * 3_600_000

/** Attempts at most when the provider asks us to try later (SMTP 4xx, HTTP 429 and 5xx): some 24 hours. */
export const MAX_TEMPORARY_ATTEMPTS = 10

/** Attempts at most when it refuses without blaming the address: some seven minutes, in case it is the provider that is ill. */
export const MAX_REFUSED_ATTEMPTS = 5

/**
 * Milliseconds until the next attempt: 5 s, 20 s, 80 s, … up to 12 h, each ± 20 % so that what failed together does not
 * come back together.
 * @param attempts attempts made so far, at least 1
 * @param random from [0, 1)
 */
export function retryDelay(attempts: number, random: number): number {
  const plain = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 4 ** (attempts - 1))
  return Math.round(plain * (0.8 + 0.4 * random))
}
