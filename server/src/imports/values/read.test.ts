import { describe, expect, test } from 'vitest'
import { detectDates, detectDecimalMark, detectType } from '../detect/values.ts'
import { choosePreset, presets } from '../mapping/presets.ts'
import { readDate, readMinor, readNumber } from './read.ts'

const file = {
  format: 'csv',
  encoding: 'utf-8',
  delimiter: ',',
  header: true,
  decimalMark: ',',
  dateOrder: 'dmy',
  zone: 'Europe/Berlin',
  currency: 'EUR',
} as const

test.each([
  ['1.234,50', ',', 1234.5],
  ['1,234.50', '.', 1234.5],
  ['1 234,5', ',', 1234.5],
  ["1'234", '.', 1234],
  ['(12,00)', ',', -12],
  ['€ 9,99', ',', 9.99],
  ['1.23', ',', null],
  ['12a', '.', null],
  ['9007199254740993', '.', null],
] as const)('the number %s with "%s" is %s', (text, mark, expected) => {
  expect(readNumber(text, mark)).toBe(expected)
})

test('money is exact in minor units, and nothing finer than the currency is rounded away', () => {
  expect(readMinor('1.234,50 €', ',', 2)).toBe(123450)
  expect(readMinor('0.29', '.', 2)).toBe(29)
  expect(readMinor('1200', '.', 0)).toBe(1200)
  expect(readMinor('0.295', '.', 2)).toBeNull()
})

test.each([
  ['31.01.1990', Date.UTC(1990, 0, 30, 23), '1990-01-31'],
  ['01/02/2026 3:05 pm', Date.UTC(2026, 1, 1, 14, 5), '2026-02-01'],
  ['2026-07-01T12:00:00+05:30', Date.UTC(2026, 6, 1, 6, 30), '2026-07-01'],
  ['1767225600', Date.UTC(2026, 0, 1), '2026-01-01'],
] as const)('the date %s is read in the order and zone of the file', (text, at, day) => {
  expect(readDate(text, file)).toMatchObject({ at, day })
})

test.each(['30.02.2026', '2026-13-01', '12:00', '1.1', '31.01.2026 25:00'])('%s is no date', (text) => {
  expect(readDate(text, file)).toBeNull()
})

describe('detection', () => {
  test('says whether the order of day and month is certain', () => {
    expect(detectDates(['03/04/2026', '25/04/2026'], 'en-US')).toEqual({ order: 'dmy', certain: true })
    expect(detectDates(['03/04/2026', '04/25/2026'], 'de-DE')).toEqual({ order: 'mdy', certain: true })
    expect(detectDates(['03/04/2026'], 'en-US')).toEqual({ order: 'mdy', certain: false })
    expect(detectDates(['2026-04-03'], 'en-US')).toEqual({ order: 'ymd', certain: true })
  })

  test('tells decimal marks apart from thousands', () => {
    expect(detectDecimalMark(['1.234,50', '7'])).toBe(',')
    expect(detectDecimalMark(['1,234.50'])).toBe('.')
    expect(detectDecimalMark(['1.234', '12'])).toBeNull()
  })

  test('keeps what would lose something as a number as text', () => {
    expect(detectType('Postal Code', ['01067', '10115'], file)).toBe('text')
    expect(detectType('points', ['00123'], file)).toBe('text')
    expect(detectType('points', ['12', '7'], file)).toBe('number')
    expect(detectType('Total spent', ['12,50', '7,00'], file)).toBe('money')
    expect(detectType('VIP', ['yes', 'no', null], file)).toBe('yes-no')
    expect(detectType('Born', ['31.01.1990', '1.2.1985'], file)).toBe('date')
  })
})

test('exports of HubSpot, Salesforce and Klaviyo are known by their columns, others are not', () => {
  const choose = (columns: string[]) => choosePreset('people', columns, presets)?.id
  expect(choose(['Record ID', 'First Name', 'Last Name', 'Email', 'Phone Number', 'Lifecycle Stage', 'Create Date'])).toBe(
    'hubspot-contacts',
  )
  expect(choose(['Id', 'FirstName', 'LastName', 'Email', 'MailingCity', 'MailingCountry', 'HasOptedOutOfEmail'])).toBe(
    'salesforce-contacts',
  )
  expect(choose(['Email', 'Klaviyo ID', 'First Name', 'Last Name', 'Phone Number', 'Email Marketing Consent', 'First Active'])).toBe(
    'klaviyo-profiles',
  )
  expect(choose(['Email', 'First Name', 'Shoe size', 'Favourite tea', 'Points', 'Store', 'Card'])).toBeUndefined()
})
