import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPublicAddress, makeSafeFetch, parseAllowedRanges } from './index.ts'

let server: Server
let port: number
let calls = 0
beforeAll(async () => {
  server = createServer((request, response) => {
    calls++
    if (request.url === '/redirect') response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    else if (request.url === '/large') response.end('x'.repeat(100_000))
    else if (request.url === '/hang') response.write('x')
    else {
      let body = ''
      request.on('data', (part) => (body += part))
      request.on('end', () => response.writeHead(201, { 'x-seen': request.method }).end(`got ${body}`))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const request = (more: object = {}) => ({
  method: 'POST',
  headers: { 'x-a': 'b' },
  body: 'hello',
  signal: AbortSignal.timeout(60_000),
  maxBytes: 10_000,
  ...more,
})

describe('safe fetch', () => {
  const closed = makeSafeFetch()
  const open = makeSafeFetch(parseAllowedRanges('127.0.0.0/8, ::1'))
  afterAll(() => Promise.all([closed.close(), open.close()]))

  it('refuses this machine by address, by any spelling of it, and by a name that leads to it', async () => {
    const before = calls
    for (const host of ['127.0.0.1', '127.1', '0x7f000001', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', 'localhost']) {
      await expect(closed.fetch(`http://${host}:${port}/`, request())).rejects.toMatchObject({ code: 'address_refused' })
    }
    expect(calls).toBe(before)
  })

  it('calls what the operator has allowed, by address and by name', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const answer = await open.fetch(`http://${host}:${port}/`, request())
      expect([answer.status, answer.headers.get('x-seen'), answer.text]).toEqual([201, 'POST', 'got hello'])
    }
  })

  it('does not follow a redirect', async () => {
    expect((await open.fetch(`http://127.0.0.1:${port}/redirect`, request())).status).toBe(302)
  })

  it('does not read more than it was told to', async () => {
    await expect(open.fetch(`http://127.0.0.1:${port}/large`, request())).rejects.toMatchObject({ code: 'answer_too_large' })
  })

  it('stops waiting when its signal says so, also in the middle of an answer', async () => {
    await expect(open.fetch(`http://127.0.0.1:${port}/hang`, request({ signal: AbortSignal.timeout(100) }))).rejects.toMatchObject({
      name: 'TimeoutError',
    })
  })

  it('refuses other protocols and addresses with a password in them', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://example.com', 'nonsense', 'https://user:secret@example.com/']) {
      const error = await closed.fetch(url, request()).catch((reason: Error) => reason)
      expect(error).toMatchObject({ code: 'url_refused' })
      expect(String(error)).not.toContain('secret@')
    }
  })

  it('says who did not answer', async () => {
    await expect(open.fetch('http://127.0.0.1:1/', request())).rejects.toMatchObject({
      code: 'no_answer',
      message: expect.stringContaining('127.0.0.1:1'),
    })
  })
})

describe('addresses', () => {
  it('that are not the public internet are told from those that are', () => {
    const inside = [
      '10.0.0.1',
      '172.16.0.1',
      '192.168.1.1',
      '127.0.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::1',
      '::',
      'fe80::1',
      'fd00::1',
      '::ffff:10.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'nonsense',
    ]
    for (const address of inside) expect([address, isPublicAddress(address, [])]).toEqual([address, false])
    for (const address of ['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect([address, isPublicAddress(address, [])]).toEqual([address, true])
  })

  it('may be allowed one by one or by range', () => {
    const allowed = parseAllowedRanges('10.1.0.0/16,fd00::5')
    expect(['10.1.2.3', '10.2.0.1', 'fd00::5', 'fd00::6', '::ffff:10.1.0.9'].map((address) => isPublicAddress(address, allowed))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ])
    expect(() => parseAllowedRanges('10.0.0.0/8, intranet')).toThrow('"intranet"')
  })
})
