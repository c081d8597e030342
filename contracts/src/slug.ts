/** Letters that no accent was put on, so that none can be taken away. */
const letters: { readonly [letter: string]: string } = {
  ß: 'ss',
  ı: 'i',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
}

/**
 * A name as an id for files and addresses, of small letters, digits and single dashes: `VIP, über 150 €` becomes `vip-uber-150`.
 * @param most the most characters that it may have
 * @param otherwise what it is where nothing of the name is left
 */
export function slugOf(name: string, most: number, otherwise: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[ßıøæœłđðþ]/g, (letter) => letters[letter] ?? '')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, most)
    .replace(/-$/, '')
  return plain === '' ? otherwise : plain
}
