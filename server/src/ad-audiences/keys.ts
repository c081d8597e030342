import { hash } from 'node:crypto'
import type { adPlatforms } from '@throughline/contracts'

/** What is known of somebody, as the shop said it; null where nothing is. */
export interface Known {
  readonly email: string | null
  /** E.164: `+` and digits. */
  readonly phone: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  /** Two letters (ISO 3166-1). */
  readonly country: string | null
  readonly zip: string | null
}

interface Platform {
  readonly header: readonly string[]
  /** One line, in the order of the header; null: the platform could know them by nothing in it. */
  line(known: Known): readonly string[]
}

const sha256 = (text: string): string => hash('sha256', text)
const hashed = (text: string | null): string => (text === null || text === '' ? '' : sha256(text))

/**
 * How each platform is told of people.
 *
 * Google Customer Match, file of hashed data: support.google.com/google-ads/answer/7476159 (header names, country and postal code as they are);
 * what is done before hashing: developers.google.com/google-ads/api/docs/conversions/enhance-conversions (blanks, small letters, dots in front of
 * gmail.com and googlemail.com).
 * Meta, customer list: developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences (everything hashed), normalised as in
 * developers.facebook.com/docs/marketing-api/conversions-api/parameters/customer-information-parameters (phone: digits alone; names without signs).
 */
export const platforms: { readonly [P in (typeof adPlatforms)[number]]: Platform } = {
  google: {
    header: ['Email', 'Phone', 'First Name', 'Last Name', 'Country', 'Zip'],
    line: ({ email, phone, firstName, lastName, country, zip }) => {
      // A name is known by the country and the postal code beside it, which are not hashed: told only where all four are.
      const hasPlace = firstName !== null && lastName !== null && country !== null && zip !== null
      const place = hasPlace ? [hashed(small(firstName)), hashed(small(lastName)), country.toUpperCase(), zip.trim()] : ['', '', '', '']
      return [hashed(email === null ? null : googleEmail(email)), hashed(phone), ...place]
    },
  },
  meta: {
    header: ['email', 'phone', 'fn', 'ln', 'zip', 'country'],
    line: ({ email, phone, firstName, lastName, country, zip }) => [
      hashed(email === null ? null : small(email)),
      hashed(phone === null ? null : phone.replace(/\D/g, '')),
      hashed(firstName === null ? null : metaName(firstName)),
      hashed(lastName === null ? null : metaName(lastName)),
      hashed(zip === null ? null : metaZip(zip, country)),
      hashed(country === null ? null : country.toLowerCase()),
    ],
  },
}

function small(text: string): string {
  return text.trim().toLowerCase()
}

function googleEmail(email: string): string {
  const plain = small(email).replace(/\s/g, '')
  const at = plain.lastIndexOf('@')
  const domain = plain.slice(at + 1)
  return domain === 'gmail.com' || domain === 'googlemail.com' ? `${plain.slice(0, at).replaceAll('.', '')}@${domain}` : plain
}

function metaName(name: string): string {
  return small(name).replace(/[\p{P}\p{S}]/gu, '')
}

// Of the United States the first five digits.
function metaZip(zip: string, country: string | null): string {
  const plain = small(zip).replace(/[\s-]/g, '')
  return country?.toLowerCase() === 'us' ? plain.slice(0, 5) : plain
}
