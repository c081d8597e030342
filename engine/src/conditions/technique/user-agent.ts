/*
 * What a browser says of itself, read by the words in it, in one order for the engine and for ClickHouse. Names as people use
 * them; a browser in disguise is taken for what it says. Bots are told apart first, so that they are no desktops.
 */
/** The result where all of these words are in the text, or all of those; the first that fits counts. */
type Rule = readonly [result: string, ...anyOf: (readonly string[])[]]

const bots: readonly (readonly string[])[] = [['bot'], ['Bot'], ['crawl'], ['spider'], ['Headless']]

export const deviceRules: readonly Rule[] = [
  ['bot', ...bots],
  ['tv', ['TV'], ['CrKey'], ['Roku']],
  ['tablet', ['iPad'], ['Tablet'], ['Kindle'], ['Silk/']],
  ['mobile', ['iPhone'], ['iPod'], ['Mobile'], ['Windows Phone']],
  // An Android that does not call itself mobile is a tablet.
  ['tablet', ['Android']],
  ['desktop', ['Windows NT'], ['Macintosh'], ['CrOS'], ['X11'], ['Linux']],
]

export const osRules: readonly Rule[] = [
  ['iOS', ['iPhone'], ['iPad'], ['iPod']],
  ['Windows', ['Windows']],
  ['Android', ['Android']],
  ['macOS', ['Macintosh'], ['Mac OS X']],
  ['ChromeOS', ['CrOS']],
  ['Linux', ['Linux'], ['X11']],
]

export const browserRules: readonly Rule[] = [
  ['Instagram', ['Instagram']],
  ['Facebook', ['FBAN'], ['FBAV']],
  ['Edge', ['Edg/'], ['EdgA/'], ['EdgiOS/'], ['Edge/']],
  ['Opera', ['OPR/'], ['OPT/'], ['Opera']],
  ['Samsung Internet', ['SamsungBrowser/']],
  ['Yandex', ['YaBrowser/']],
  ['Vivaldi', ['Vivaldi/']],
  ['Firefox', ['Firefox/'], ['FxiOS/']],
  ['Chrome', ['Chrome/'], ['CriOS/'], ['Chromium/']],
  ['Safari', ['Version/', 'Safari/']],
]

/** The first rule that fits; `null`: none. */
export function readBy(rules: readonly Rule[], text: string): string | null {
  for (const [result, ...anyOf] of rules) if (anyOf.some((words) => words.every((word) => text.includes(word)))) return result
  return null
}

/** The same in ClickHouse, an empty text where no rule fits. @param text an expression of a text */
export function rulesToSql(rules: readonly Rule[], text: string): string {
  const cases = rules.map(([result, ...anyOf]) => {
    const fits = anyOf.map((words) => words.map((word) => `position(${text}, '${word}') > 0`).join(' and ')).join(' or ')
    return `${fits}, '${result}'`
  })
  return `multiIf(${cases.join(', ')}, '')`
}
