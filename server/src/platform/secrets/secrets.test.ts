import { createHmac, hkdfSync } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isEqual, makeSecrets, readSecretKey } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))
const secrets = makeSecrets(Buffer.alloc(32, 7))
const others = makeSecrets(Buffer.alloc(32, 8))

describe('the secret key', () => {
  it('is made once, for its owner alone', () => {
    const first = readSecretKey(folder)
    expect(first).toHaveLength(32)
    expect(readSecretKey(folder)).toEqual(first)
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600)
  })

  it('is taken from the environment in hex or base64, and refused in any other length', () => {
    expect(readSecretKey(folder, 'ab'.repeat(32))).toEqual(Buffer.alloc(32, 0xab))
    expect(readSecretKey(folder, Buffer.alloc(32, 3).toString('base64'))).toEqual(Buffer.alloc(32, 3))
    expect(() => readSecretKey(folder, 'short')).toThrow('THROUGHLINE_SECRET_KEY')
  })

  it('names the file when what stands in it is no key', () => {
    const broken = mkdtempSync(join(folder, 'broken-'))
    writeFileSync(join(broken, 'secret.key'), 'nonsense')
    expect(() => readSecretKey(broken)).toThrow(join(broken, 'secret.key'))
  })
})

describe('a sealed text', () => {
  it('opens under the same key only, and never looks the same twice', () => {
    const sealed = secrets.encrypt('smtp pässword')
    expect(secrets.decrypt(sealed)).toBe('smtp pässword')
    expect(secrets.encrypt('smtp pässword')).not.toEqual(sealed)
    expect(() => others.decrypt(sealed)).toThrow('another secret key')
  })

  it('does not open when any byte was changed', () => {
    const sealed = secrets.encrypt('x')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => secrets.decrypt(changed)).toThrow()
    }
    expect(() => secrets.decrypt(Buffer.alloc(0))).toThrow()
  })
})

describe('a token', () => {
  it('ends in the HMAC of what stands before it, of any length, whatever was signed before', () => {
    const key = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 7), 'throughline', 'purpose click', 32))
    for (const payload of ['', 'message-1 ü', 'x'.repeat(2_025), 'x'.repeat(2_026), 'ü'.repeat(5_000), 'short again']) {
      const bytes = Buffer.from(secrets.signToken('click', payload), 'base64url')
      expect(bytes.toString('utf8', 7, bytes.length - 16)).toBe(payload)
      const code = createHmac('sha256', key).update(bytes.subarray(0, -16)).digest().subarray(0, 16)
      expect(bytes.subarray(-16).equals(code)).toBe(true)
    }
  })

  it('gives its payload back until it expires', () => {
    const token = secrets.signToken('click', 'message-1 ü', 1_000)
    expect(token).toMatch(/^[\w-]+$/)
    expect(secrets.readToken('click', token, 999)).toBe('message-1 ü')
    expect(secrets.readToken('click', token, 1_000)).toBeNull()
    expect(secrets.readToken('click', secrets.signToken('click', ''), Number.MAX_SAFE_INTEGER)).toBe('')
  })

  it('is worth nothing for another purpose, under another key, changed, or in another spelling', () => {
    const token = secrets.signToken('click', 'message-1')
    expect(secrets.readToken('unsubscribe', token, 0)).toBeNull()
    expect(others.readToken('click', token, 0)).toBeNull()
    expect(secrets.readToken('click', `${token}=`, 0)).toBeNull()
    expect(secrets.readToken('click', '', 0)).toBeNull()
    for (let at = 0; at < token.length; at++) {
      expect(secrets.readToken('click', token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1), 0)).toBeNull()
    }
  })
})

it.each([
  ['click', 'message-1 ü', 1000, 'AQAAAAAD6G1lc3NhZ2UtMSDDvMTkOVKRGIt_JvEbHE3oiI0'],
  ['open', 'p\nm', undefined, 'AQAAAAAAAHAKbVY-1mYnbNAaJmf-0pMawpM'],
  ['unsubscribe', '', 1500000000000, 'AQFdPveYALvElNkbFNR7kvoQ4_gTZ0A'],
])('a token of %s stays as it was, since it stands in mails that were sent', (purpose, payload, expiresAt, token) => {
  expect(secrets.signToken(purpose, payload, expiresAt)).toBe(token)
  expect(secrets.readToken(purpose, token, 0)).toBe(payload)
})

it('texts are compared whole, of whatever length', () => {
  expect(isEqual('abc', 'abc')).toBe(true)
  expect(isEqual('abc', 'abcd')).toBe(false)
  expect(isEqual('', 'a')).toBe(false)
})
