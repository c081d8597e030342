import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { maskAddress, readConfig, settings, type SettingName } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
const empty = join(folder, 'empty')
const filled = join(folder, 'filled')
mkdirSync(filled)
writeFileSync(join(filled, 'throughline.yaml'), 'port: 5001\ntrustProxy: true\nadminEmail: owner@example.com\n')

const read = (flags: object, environment: NodeJS.ProcessEnv = {}) => readConfig({ flags: { dataDir: empty, ...flags }, environment })

const number = ['abc', '-1', '1.5', '9999999', '0x10', '1e3', ' ', null, true, [5], {}] as const
const url = ['shop.example', 'ftp://shop.example', 'https://', ' ', null, 7] as const
const key = ['short', 'x'.repeat(201), 'with a space in it', null] as const
/** What somebody may write by mistake, for every setting there is. */
const wrongValues: Record<SettingName, readonly unknown[]> = {
  dataDir: [' ', null, true, []],
  host: [' ', null, true, []],
  port: [...number, '65536'],
  healthPort: [...number, '65536'],
  baseUrl: [...url, 'https://shop.example/?a=1', 'https://shop.example/#a'],
  trustProxy: ['maybe', '2', ' ', null, []],
  demo: ['maybe', '2', ' ', null, []],
  databaseUrl: url,
  databaseConnections: [...number, '3', '501'],
  clickhouseUrl: url,
  clickhouseCluster: ['two words', 'a;drop', null, []],
  clickhouseMemory: [...number, '511'],
  inboxDays: [...number, '0', '3651'],
  secretKey: ['hunter2', 'f'.repeat(63), 'f'.repeat(65), null],
  allowPrivateAddresses: ['home', '10.0.0.0/99', '10.0.0.0/8,nowhere', null],
  adminEmail: ['ada', 'ada@', 'a b@shop.example', null],
  adminPassword: ['too short', 'x'.repeat(201), null],
  writeKey: key,
  apiKey: key,
  smtpUrl: url,
  logLevel: ['loud', 'INFO', ' ', null],
  logFormat: ['xml', 'JSON', ' ', null],
}
const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

describe('the configuration', () => {
  it('needs nothing', () => {
    const { config } = readConfig({ environment: {} })
    expect(config).toMatchObject({ port: 4_800, host: '127.0.0.1', demo: false, allowPrivateAddresses: [] })
    expect(config.databaseUrl).toBeUndefined()
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('takes a flag, over it the file, over that the environment, and says when a flag lost', () => {
    expect(read({ port: '5000' }).config.port).toBe(5_000)
    const withFile = read({ dataDir: filled, port: '5000' })
    expect([withFile.config.port, withFile.config.trustProxy]).toEqual([5_001, true])
    expect(withFile.notes).toEqual([`--port is overruled by port in ${join(filled, 'throughline.yaml')}.`])
    const withAll = read({ dataDir: filled, port: '5000' }, { THROUGHLINE_PORT: '5002' })
    expect([withAll.config.port, withAll.notes]).toEqual([5_002, ['--port is overruled by THROUGHLINE_PORT.']])
  })

  it('names each variable that is wrong, its value, and what is allowed', () => {
    const wrong = {
      THROUGHLINE_PORT: 'abc',
      THROUGHLINE_LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://u:hun@ter2@h/d?password=hunter2',
      CLICKHOUSE_URL: 'hunter2',
      THROUGHLINE_ADMIN_PASSWORD: 'hunter2',
      THROUGHLINE_ALLOW_PRIVATE_ADDRESSES: 'home',
    }
    const message = (() => {
      try {
        return read({}, wrong) && ''
      } catch (error) {
        return (error as Error).message
      }
    })()
    expect(message).toContain('THROUGHLINE_PORT is "abc"; allowed: a whole number from 0 to 65535.')
    expect(message).toContain('THROUGHLINE_LOG_LEVEL is "loud"; allowed: trace')
    expect(message).toContain('THROUGHLINE_ALLOW_PRIVATE_ADDRESSES is "home"')
    expect(message).toContain('DATABASE_URL is "mysql://***@h/d?…"; allowed: postgresql://')
    expect(message).toContain('CLICKHOUSE_URL is not usable (its value is not shown); allowed: http://')
    expect(message).toContain('THROUGHLINE_ADMIN_PASSWORD is not usable (its value is not shown); allowed: 10')
    expect(message).not.toMatch(/hun|ter2/)
    expect(() => read({ port: '70000' })).toThrow('--port is "70000"; allowed: a whole number from 0 to 65535.')
  })

  it.each([
    ['postgresql://u:hunter2@db:5432/shop?sslmode=require', '"postgresql://***@db:5432/shop?…"'],
    ['postgresql://u:hun/t@er2@db/shop', '"postgresql://***@db/shop"'],
    ['postgresql://db/shop?user=app&password=hunter2', '"postgresql://db/shop?…"'],
    ['postgresql://db/shop?user=app&password=hun@ter2', null],
    ['postgresql://u:hun?t@er2@db/shop', null],
    ['postgresql://u:hun#t\n@er2@db/shop', null],
    ['hunter2', null],
  ])('shows of %j no password', (address, shown) => {
    expect(maskAddress(address)).toBe(shown)
  })

  it.each(Object.entries(wrongValues) as [SettingName, readonly unknown[]][])(
    'refuses wrong values of %s in the environment and in the file, by name and with what is allowed',
    (name, values) => {
      const { variable, allowed } = settings[name]
      for (const value of values) {
        if (typeof value === 'string')
          expect(() => read({}, { [variable]: value }), value).toThrow(new RegExp(`^${variable} is .+; allowed: ${escape(allowed)}\\.$`))
        const file = join(folder, `${name}.yaml`)
        writeFileSync(file, JSON.stringify({ [name]: value }))
        expect(() => read({ config: file }), `${String(value)} in the file`).toThrow(
          new RegExp(`^${name} in ${escape(file)} is .+; allowed: ${escape(allowed)}\\.$`),
        )
      }
    },
  )

  it('refuses a setting in the file that does not exist, and a file that cannot be read', () => {
    const file = join(folder, 'other.yaml')
    writeFileSync(file, 'prot: 5')
    expect(() => read({ config: file })).toThrow(`${file} has a setting "prot" that does not exist`)
    writeFileSync(file, 'port: [')
    expect(() => read({ config: file })).toThrow(file)
    expect(() => read({ config: join(folder, 'missing.yaml') })).toThrow('missing.yaml')
  })

  it('takes an empty variable as not set', () => {
    expect(read({}, { THROUGHLINE_PORT: '' }).config.port).toBe(4_800)
  })
})
