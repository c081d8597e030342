// The characters of GSM 03.38 (3GPP TS 23.038, 6.2.1), and those that take two places (6.2.1.1).
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const extended = '\f^{}\\[~]|€'

/**
 * How many text messages a text is sent and paid as: one of 160 places, or parts of 153; with a character that the alphabet of phones does
 * not have (an emoji, ş, č), one of 70, or parts of 67 (3GPP TS 23.040, 9.2.3.24.1: the header of a part takes the difference).
 */
export function countSmsParts(text: string): { readonly parts: number; readonly places: number; readonly alphabet: 'gsm' | 'unicode' } {
  let places = 0
  for (const character of text) {
    if (basic.includes(character)) places += 1
    else if (extended.includes(character)) places += 2
    else return { parts: partsOf(text.length, 70, 67), places: text.length, alphabet: 'unicode' }
  }
  return { parts: partsOf(places, 160, 153), places, alphabet: 'gsm' }
}

function partsOf(places: number, alone: number, part: number): number {
  return places <= alone ? 1 : Math.ceil(places / part)
}
