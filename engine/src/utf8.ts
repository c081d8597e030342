/** A text with a character for each byte of the UTF-8 of another; the same where all is ASCII. */
export function utf8(text: string): string {
  if (utf8Length(text) === text.length) return text
  let bytes = ''
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < 0x80) bytes += character
    else if (code < 0x800) bytes += String.fromCharCode(0xc0 | (code >> 6), tail(code))
    else if (code < 0x10000) bytes += String.fromCharCode(0xe0 | (code >> 12), tail(code >> 6), tail(code))
    else bytes += String.fromCharCode(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code))
  }
  return bytes
}

/** How many bytes a text takes in UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    // Of a pair of surrogates each unit stands for two of the four bytes.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return length
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f)
}
