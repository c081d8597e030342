import { describe, expect, it } from 'vitest'
import { platforms, type Known } from './keys.ts'

const nobody: Known = { email: null, phone: null, firstName: null, lastName: null, country: null, zip: null }
const google = (known: Partial<Known>) => platforms.google.line({ ...nobody, ...known })
const meta = (known: Partial<Known>) => platforms.meta.line({ ...nobody, ...known })

describe('Meta, by the examples that it publishes (Customer Information Parameters)', () => {
  it.each([
    ['email', 'John_Smith@gmail.com', 0, '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f'],
    ['phone', '+16505551212', 1, 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176'],
    ['firstName', 'Mary', 2, '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
    ['firstName', 'Valéry', 2, '08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c'],
    ['firstName', '정', 2, '8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14'],
    ['lastName', 'Mary', 3, '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
    ['country', 'US', 5, '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621'],
  ] as const)('%s %s', (field, value, column, expected) => {
    expect(meta({ [field]: value })[column]).toBe(expected)
  })

  it('leaves signs out of names, dots in addresses alone, and all but five digits of a postal code of the United States', () => {
    expect(meta({ lastName: " O'Neil-Smith. " })[3]).toBe(meta({ lastName: 'oneilsmith' })[3])
    expect(meta({ email: 'j.smith@gmail.com' })[0]).not.toBe(meta({ email: 'jsmith@gmail.com' })[0])
    expect(meta({ zip: '94035-1234', country: 'US' })[4]).toBe(meta({ zip: '94035', country: 'US' })[4])
    expect(meta({ zip: 'm1 1ae', country: 'GB' })[4]).toBe(meta({ zip: 'M11AE', country: 'GB' })[4])
    expect(meta({})).toEqual(['', '', '', '', '', ''])
  })
})

describe('Google', () => {
  const test = '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b'

  it('hashes addresses in small letters without blanks, and phone numbers with their plus', () => {
    // SHA-256 of test@example.com, as in Google's and everybody's examples.
    expect(google({ email: ' Test@Example.com ' })[0]).toBe(test)
    expect(google({ phone: '+18005550100' })[1]).not.toBe(meta({ phone: '+18005550100' })[1])
  })

  it('leaves out the dots in front of gmail.com and googlemail.com, and of no other domain; what follows a plus stays', () => {
    const plain = google({ email: 'janedoe@gmail.com' })[0]
    expect(google({ email: 'Jane.Doe@Gmail.com' })[0]).toBe(plain)
    expect(google({ email: 'jane.doe@googlemail.com' })[0]).toBe(google({ email: 'janedoe@googlemail.com' })[0])
    expect(google({ email: 'jane.doe@shop.example' })[0]).not.toBe(google({ email: 'janedoe@shop.example' })[0])
    expect(google({ email: 'janedoe+tea@gmail.com' })[0]).not.toBe(plain)
  })

  it('tells a name with country and postal code as they are, and nothing of it where one of them is missing', () => {
    const whole = { firstName: 'Mary', lastName: 'Mary', country: 'de', zip: '10115' }
    const mary = '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'
    expect(google(whole)).toEqual(['', '', mary, mary, 'DE', '10115'])
    expect(google({ ...whole, zip: null })).toEqual(['', '', '', '', '', ''])
  })
})
