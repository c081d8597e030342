/*
 * Most of an e-mail reads the same for everybody. What renders a template says which of its pieces stand where, so that those are made
 * bytes once for all people, and the copy of a message names them instead of repeating them.
 */

/** Shorter pieces are cheaper to write out than to name. */
const SHORTEST = 16
/** Ways in which one piece may be cut; more than these are treated as what was written for one person. */
const MOST_CUTS = 64

/** All pieces of one template, in one text; nothing in it is of a person. */
export interface Skeleton {
  readonly text: string
}

/** A piece of a template that reads the same for everybody. One object for each, so that things can be known of it. */
export interface Fixed {
  readonly text: string
  readonly skeleton: Skeleton
  /** Where it begins in the skeleton, in UTF-16 code units. */
  readonly at: number
}

/** A place where a fixed piece stands. */
export interface Mark {
  readonly at: number
  readonly fixed: Fixed
}

/** A text, and where fixed pieces stand in it: in order, none over another. What lies between them was written for one person. */
export interface Marked {
  readonly text: string
  readonly marks: readonly Mark[]
  /** What lies before each of them, and after the last. */
  readonly own: readonly string[]
}

export function marked(text: string, marks: readonly Mark[] = []): Marked {
  let from = 0
  const own = marks.map(({ at, fixed }) => {
    const before = text.slice(from, at)
    from = at + fixed.text.length
    return before
  })
  own.push(from === 0 ? text : text.slice(from))
  return { text, marks, own }
}

/** Something else in place of what stands between two places. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Under which finished e-mails carry their marks; a symbol, since they are no part of what a message says. */
export const MARKS = Symbol('marks')

export interface EmailMarks {
  readonly html: Marked
  readonly text: Marked
}

/** The marks of an e-mail, if they are of these very texts. */
export function marksOf(email: { readonly html: string; readonly text: string; readonly [MARKS]?: EmailMarks }): EmailMarks | null {
  const marks = email[MARKS]
  return marks !== undefined && marks.html.text === email.html && marks.text.text === email.text ? marks : null
}

/** Gathers the fixed pieces of one template while it is parsed. */
export interface SkeletonMaker {
  /** A piece, and the text that stands for it where it is marked; null when it is not worth being one. */
  add(text: string): Fixed | null
}

export function makeSkeleton(): SkeletonMaker {
  const skeleton = { text: '' }
  const known = new Map<string, Fixed>()
  return {
    add(text) {
      if (!isWorthIt(text)) return null
      let fixed = known.get(text)
      if (fixed === undefined) {
        fixed = { text, skeleton, at: skeleton.text.length }
        skeleton.text += text
        known.set(text, fixed)
      }
      return fixed
    },
  }
}

// Half a character at an end would be another one beside its other half.
function isWorthIt(text: string): boolean {
  return text.length >= SHORTEST && !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(text)
}

const cuts = new WeakMap<Fixed, Map<string, Fixed | null>>()

/** A part of a piece, the same one each time; null when it is too short for one, or the piece was cut in too many ways. */
function cut(fixed: Fixed, from: number, to: number): Fixed | null {
  if (from === 0 && to === fixed.text.length) return fixed
  let known = cuts.get(fixed)
  if (known === undefined) cuts.set(fixed, (known = new Map()))
  const key = `${from} ${to}`
  const found = known.get(key)
  if (found !== undefined || known.size >= MOST_CUTS) return found ?? null
  const text = fixed.text.slice(from, to)
  const made = isWorthIt(text) ? { text, skeleton: fixed.skeleton, at: fixed.at + from } : null
  known.set(key, made)
  return made
}

/** @param edits in order, none over another */
export function edit(source: Marked, edits: readonly Edit[]): Marked {
  if (edits.length === 0) return source
  let text = ''
  const marks: Mark[] = []
  // Put together beside the whole, which nobody may ask for in one piece.
  const own: string[] = []
  let since = ''
  let from = 0
  let next = 0
  const keep = (to: number): void => {
    const shift = text.length - from
    let behind = from
    for (; next < source.marks.length; next++) {
      const { at, fixed } = source.marks[next]!
      if (at >= to) break
      const end = at + fixed.text.length
      const [start, stop] = [Math.max(at, from), Math.min(end, to)]
      const kept = start < stop ? cut(fixed, start - at, stop - at) : null
      if (kept !== null) {
        marks.push({ at: start + shift, fixed: kept })
        own.push(since + source.text.slice(behind, start))
        since = ''
        behind = stop
      }
      // The rest of it stands behind the edit.
      if (end > to) break
    }
    text += source.text.slice(from, to)
    since += source.text.slice(behind, to)
  }
  for (const each of edits) {
    keep(each.from)
    text += each.text
    since += each.text
    from = each.to
  }
  keep(source.text.length)
  own.push(since)
  return { text, marks, own }
}
