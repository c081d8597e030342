import type { Json } from '@throughline/contracts'
import { findForgotten, isAnybodyForgotten, normaliseIdentifier, type HashIdentifier } from '../../identity/index.ts'
import type { Db } from '../../platform/postgres/index.ts'

/** Identifiers that are looked up at once. */
const AT_ONCE = 5_000
const anywhere = ['email', 'phone'] as const
const kinds = [...anywhere, 'user_id', 'anonymous_id'] as const

/**
 * Whether anything in a body, wherever it stands, is an identifier of somebody who was forgotten: a whole value or name of any kind, or
 * an address or number within a text.
 */
export async function tellsOfForgotten(db: Db, body: Json, hash: HashIdentifier): Promise<boolean> {
  if (!(await isAnybodyForgotten(db))) return false
  const keys = [...identifiersIn(body)]
  for (let at = 0; at < keys.length; at += AT_ONCE)
    if ((await findForgotten(db, keys.slice(at, at + AT_ONCE), hash)).length > 0) return true
  return false
}

function identifiersIn(body: Json): Set<string> {
  const keys = new Set<string>()
  const note = (text: string, as: readonly (typeof kinds)[number][]): void => {
    for (const kind of as) {
      const found = normaliseIdentifier(kind, text)
      if (found !== undefined) keys.add(`${found.kind}:${found.value}`)
    }
  }
  const noteText = (text: string): void => {
    note(text, kinds)
    for (const word of text.split(/[\s<>,;"'()[\]|=&?/]+/)) if (word.length < text.length) note(word, anywhere)
  }
  const waiting: Json[] = [body]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (typeof one === 'string') noteText(one)
    else if (typeof one === 'number') note(String(one), kinds)
    else if (Array.isArray(one)) for (const each of one as readonly Json[]) waiting.push(each)
    else if (typeof one === 'object' && one !== null)
      for (const [name, each] of Object.entries(one)) {
        noteText(name)
        waiting.push(each)
      }
  }
  return keys
}
