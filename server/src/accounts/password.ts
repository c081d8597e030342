import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'

// RFC 7914; 64 MiB and some 150 ms a try: dear for a guesser, unnoticed by a person (OWASP password storage: N = 2^16, r = 8, p = 2 is its equal).
const COST = { N: 2 ** 16, r: 8, p: 1 } as const
const MAX_MEMORY = 128 * 2 ** 20

/** A password as it is stored: `scrypt$N$r$p$salt$hash`, so that the cost can rise without locking anybody out. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, 32, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Whether this is the password. With `stored` null it takes as long and answers false, so that time tells nobody which accounts exist. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = (stored ?? '').split('$')
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) {
    await derive(password, randomBytes(16), 32, COST)
    return false
  }
  const expected = Buffer.from(hash, 'base64url')
  const found = await derive(password, Buffer.from(salt, 'base64url'), expected.length, { N: Number(N), r: Number(r), p: Number(p) })
  return timingSafeEqual(found, expected)
}

function derive(password: string, salt: Buffer, length: number, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, length, { ...cost, maxmem: MAX_MEMORY }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
