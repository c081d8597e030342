import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-config-'))
afterAll(() => rmSync(folder, { recursive: true }))
const empty = join(folder, 'empty')
const filled = join(folder, 'filled')
mkdirSync(filled)
writeFileSync(join(filled, 'throughline.yaml'), 'port: 5001\ntrustProxy: true\nadminEmail: owner@example.com\n')

const read = (flags: object, environment: NodeJS.ProcessEnv = {}) => readConfig({ flags: { dataDir: empty, ...flags }, environment })

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
