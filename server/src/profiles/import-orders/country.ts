/** Every country name in English, long and short, with its ISO 3166-1 code of two letters. */
const byName = new Map<string, string>()
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const long = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const short = new Intl.DisplayNames('en', { type: 'region', fallback: 'none', style: 'short' })
for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
  // Retired codes come back as the ones in use: UK as GB.
  const current = new Intl.Locale(`und-${code}`).region
  for (const name of [long.of(code), short.of(code)]) {
    if (name !== undefined && current !== undefined) byName.set(name.toLowerCase(), current)
  }
}

/**
 * The two-letter code for what a file calls a country: the mapping's own `names` first (`null` there: no country is meant),
 * then English names and codes. `undefined` when nobody knows it.
 */
export function countryCode(text: string, names: ReadonlyMap<string, string | null>): string | null | undefined {
  const own = names.get(text)
  if (own !== undefined) return own
  const known = byName.get(text.toLowerCase())
  if (known !== undefined) return known
  const region = /^[A-Za-z]{2}$/.test(text) ? new Intl.Locale(`und-${text}`).region : undefined
  return region !== undefined && long.of(region) !== undefined ? region : undefined
}
