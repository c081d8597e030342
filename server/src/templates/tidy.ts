const LF = 10

/**
 * A plain text without blanks at the ends of its lines, with no more than one empty line between others, and none around it.
 * Line by line: values come from events that anybody may send, and a pattern for blanks before a line's end takes time by the square of
 * their number.
 */
export function tidy(text: string): string {
  return isTidy(text) ? text : tidyLines(text)
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
