import { edit, type Edit, type Fixed, type Marked } from './marked.ts'

const LF = 10

/**
 * A plain text without blanks at the ends of its lines, with no more than one empty line between others, and none around it.
 * Line by line: values come from events that anybody may send, and a pattern for blanks before a line's end takes time by the square of
 * their number.
 */
export function tidy(text: string): string {
  return isTidy(text) ? text : tidyLines(text)
}

/** What a piece of a text may say instead, when all of the text is tidied in the end: tidy but for the blanks around it. */
export function tidyInside(text: string): string {
  const { from, to } = edges(text)
  return from < to ? text.slice(0, from) + tidy(text.slice(from, to)) + text.slice(to) : text
}

function edges(text: string): Ink {
  return { from: text.length - text.trimStart().length, to: text.trimEnd().length }
}

/** The same of a marked text: of fixed pieces that are tidy in themselves, only what lies between them is looked at. */
export function tidyMarked(source: Marked): Marked {
  const edits: Edit[] = []
  let from = 0
  const look = (to: number, isLast: boolean): void => {
    // Between two pieces there is something on either side.
    const [before, after] = [from === 0 ? '' : 'x', isLast ? '' : 'x']
    const text = source.text.slice(from, to)
    const tidied = tidy(before + text + after).slice(before.length)
    if (tidied.length !== text.length + after.length) edits.push({ from, to, text: isLast ? tidied : tidied.slice(0, -1) })
  }
  for (const { at, fixed } of source.marks) {
    const ink = inkOf(fixed)
    if (ink === null) continue
    look(at + ink.from, false)
    from = at + ink.to
  }
  look(source.text.length, true)
  return edit(source, edits)
}

interface Ink {
  readonly from: number
  readonly to: number
}

const inks = new WeakMap<Fixed, Ink | null>()

/** Where a piece begins and ends but for white space; null when it is not tidy in between. */
function inkOf(fixed: Fixed): Ink | null {
  let ink = inks.get(fixed)
  if (ink === undefined) {
    ink = edges(fixed.text)
    if (ink.from >= ink.to || tidyInside(fixed.text) !== fixed.text) ink = null
    inks.set(fixed, ink)
  }
  return ink
}

// Most are, once their template is.
function isTidy(text: string): boolean {
  let breaks = 0
  let start = 0
  for (;;) {
    const end = text.indexOf('\n', start)
    const last = end === -1 ? text.length : end
    if (last === start) breaks += 1
    else {
      breaks = 0
      if (!isInk(text.charCodeAt(last - 1))) return false
    }
    if (breaks > 1) return false
    if (end === -1) break
    start = end + 1
  }
  return text === '' || (isInk(text.charCodeAt(0)) && text.charCodeAt(text.length - 1) !== LF)
}

/** What is surely no white space; more than that is looked at line by line. */
function isInk(code: number): boolean {
  return code > 32 && code < 128
}

function tidyLines(text: string): string {
  let tidied = ''
  let isFirst = true
  let gap = false
  for (const line of text.split('\n')) {
    const words = line.trimEnd()
    if (words === '') {
      gap = true
      continue
    }
    tidied += isFirst ? words.trimStart() : (gap ? '\n\n' : '\n') + words
    isFirst = false
    gap = false
  }
  return tidied
}
