import type { InFile } from '@throughline/contracts'
import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  visit,
  type Node,
  type Pair,
} from 'yaml'
import { canonicalJson } from '../../platform/text/index.ts'
import { inOrder, inShort } from './normal-form.ts'

/** A small map or list stands on one line of this many characters at most. */
const ONE_LINE = 90
const style = { lineWidth: 0, singleQuote: true, flowCollectionPadding: true } as const

/**
 * A definition as YAML: the same text for the same meaning, without what holds anyway. Longer texts keep their lines, small maps
 * stand on one.
 */
export function toYaml(definition: InFile): string {
  const document = new Document(inShort(definition))
  shorten(document)
  return document.toString(style)
}

/**
 * Writes what a definition says now into the document of a file that says something else, and leaves as it was written whatever
 * still holds: comments, order, quotes, defaults that somebody wrote down.
 * @param path where in the document it stands: empty, or its place in a list
 */
export function updateYaml(document: Document, path: readonly number[], definition: InFile): void {
  const full = inOrder(definition)
  const short = inShort(definition)
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  const merged = merge(document, node as Node | null, full, short)
  if (path.length === 0) document.contents = merged as typeof document.contents
  else document.setIn(path, merged)
}

export { style as yamlStyle }

function merge(document: Document, node: Node | null, full: unknown, short: unknown): Node {
  const make = (value: unknown): Node => {
    const made = document.createNode(value) as Node
    shorten(made)
    return made
  }
  if (node === null || node === undefined) return make(short)
  if (isAlias(node)) {
    const stands: unknown = node.toJS(document)
    return canonicalJson(stands) === canonicalJson(full) || canonicalJson(stands) === canonicalJson(short) ? node : make(short)
  }
  if (isMap(node) && isPlain(full)) {
    const trimmed = isPlain(short) ? short : full
    node.items = node.items.filter((pair) => Object.hasOwn(full, nameOf(pair)))
    for (const [key, value] of Object.entries(full)) {
      const pair = node.items.find((one) => nameOf(one) === key)
      if (pair !== undefined)
        pair.value = merge(document, pair.value as Node | null, value, Object.hasOwn(trimmed, key) ? trimmed[key] : value)
      else if (Object.hasOwn(trimmed, key)) node.items.push(document.createPair(key, make(trimmed[key])) as Pair<Node, Node>)
    }
    return node
  }
  if (isSeq(node) && Array.isArray(full)) {
    const trimmed: unknown[] = Array.isArray(short) ? short : full
    node.items = full.map((value: unknown, index) =>
      merge(document, (node.items[index] as Node | undefined) ?? null, value, trimmed[index]),
    )
    return node
  }
  if (isScalar(node) && (typeof full !== 'object' || full === null)) {
    if (node.value !== full) {
      node.value = full
      delete node.source
    }
    return node
  }
  const made = make(short)
  if (!isCollection(made) && node.comment !== undefined) made.comment = node.comment
  return made
}

const nameOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Puts small maps and lists on one line; the definition itself and its steps keep theirs. */
function shorten(root: Document | Node): void {
  visit(root as Document, {
    Collection(_, node, path) {
      if (path.length <= 1 && !('items' in root)) return undefined
      const holder = path.at(-1)
      if (isPair(holder) && nameOf(holder as Pair) === 'steps') return undefined
      const value: unknown = node.toJSON()
      const lines = stringify(value, { ...style, collectionStyle: 'flow' }).trimEnd()
      const indent = path.filter((one) => isCollection(one)).length * 2 + (isPair(holder) ? nameOf(holder as Pair).length + 2 : 2)
      if (!lines.includes('\n') && indent + lines.length <= ONE_LINE) node.flow = true
      return node.flow === true ? visit.SKIP : undefined
    },
  })
}

/** A document of YAML text, as {@link updateYaml} takes it. */
export const parseYaml = (text: string): Document => parseDocument(text) as Document
