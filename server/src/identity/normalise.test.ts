import { describe, expect, it } from 'vitest'
import { normaliseIdentifier } from './index.ts'

describe('normaliseIdentifier', () => {
  it('trims and lower-cases e-mail addresses', () => {
    expect(normaliseIdentifier('email', '  Jane.Doe@Example.ORG ')).toEqual({ kind: 'email', value: 'jane.doe@example.org' })
  })

  it('takes phone numbers with their country, as plus and digits', () => {
    expect(normaliseIdentifier('phone', '+1 (415) 555-2671')).toEqual({ kind: 'phone', value: '+14155552671' })
    expect(normaliseIdentifier('phone', '0049 151/234 567 89')).toEqual({ kind: 'phone', value: '+4915123456789' })
    expect(normaliseIdentifier('phone', '0151 23456789')).toBeUndefined()
  })

  it('keeps the case of ids', () => {
    expect(normaliseIdentifier('user_id', ' Ab-1 ')).toEqual({ kind: 'user_id', value: 'Ab-1' })
    expect(normaliseIdentifier('anonymous_id', '1')).toEqual({ kind: 'anonymous_id', value: '1' })
  })

  it.each([
    '',
    ' ',
    'null',
    'NULL',
    'undefined',
    '0',
    '-1',
    '000',
    'Anonymous',
    'guest',
    'unknown',
    '00000000-0000-0000-0000-000000000000',
    'xxxx',
    'xxx-xxx',
    '---',
    '[object Object]',
    '9774d56d682e549c',
  ])('takes %j for nobody, as a user id and as an anonymous id', (value) => {
    expect(normaliseIdentifier('user_id', value)).toBeUndefined()
    expect(normaliseIdentifier('anonymous_id', value)).toBeUndefined()
  })

  it.each(['x', 'xa', '10', '100', '1001', 'nullah', 'guest-17', '0a', 'mm', 'Anonymous Bosch'])('takes %j for an id', (value) => {
    expect(normaliseIdentifier('user_id', value)).toEqual({ kind: 'user_id', value })
  })

  it.each(['noreply@shop.example', 'test@test.com', 'jane', 'jane@', 'jane@localhost', 'a b@c.de', `${'a'.repeat(260)}@b.example`])(
    'takes %j for no e-mail address of a person',
    (value) => {
      expect(normaliseIdentifier('email', value)).toBeUndefined()
    },
  )

  it.each(['+0000000', '+1111111111', '+123456789', 'call me', '+12'])('takes %j for no phone number of a person', (value) => {
    expect(normaliseIdentifier('phone', value)).toBeUndefined()
  })
})
