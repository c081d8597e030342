import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { isCollection, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml'

/** A definition as it stands in a file. */
export interface FileDefinition {
  readonly value: unknown
  readonly file: string
  /** Which document of the file, and which item of its list if it is one. */
  readonly document: number
  readonly item: number | null
  /** Where in the files a field of it stands: `rules/cart.yaml:12:5`. A field that is missing is placed at what should hold it. */
  place(field: string): string
}

/** What cannot be read as YAML or JSON at all, with its place. */
export interface FileProblem {
  readonly place: string
  readonly message: string
}

const ENDINGS = new Set(['.yaml', '.yml', '.json'])

/** The definition files at these paths; folders are searched all the way down, in the order of their names. Throws when a path is not there. */
export function findDefinitionFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : filesBelow(path)
    return ENDINGS.has(extname(entry.name)) ? [path] : []
  })
}

/** Reads one file: YAML documents divided by `---`, or JSON; either may be a list of definitions. */
export function readDefinitionFile(path: string): { definitions: FileDefinition[]; problems: FileProblem[] } {
  const lines = new LineCounter()
  const documents = parseAllDocuments(readFileSync(path, 'utf8'), { lineCounter: lines, strict: true })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  if (!Array.isArray(documents)) return { definitions: [], problems: [] }
  const problems = documents.flatMap((document) =>
    document.errors.map((error) => ({
      place: at(error.pos[0]),
      message: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? error.message,
    })),
  )
  if (problems.length > 0) return { definitions: [], problems }
  const definitions = documents.flatMap((document, number) => {
    const { contents } = document
    if (contents === null || (isScalar(contents) && contents.value === null)) return []
    const bases: (readonly number[])[] = isSeq(contents) ? contents.items.map((_, index) => [index]) : [[]]
    return bases.map((base): FileDefinition => {
      const value: unknown = base.length === 0 ? document.toJS() : (document.toJS() as unknown[])[base[0]!]
      return { value, file: path, document: number, item: base[0] ?? null, place: (field) => at(offsetOf(document, base, field)) }
    })
  })
  return { definitions, problems: [] }
}

/** Where the deepest part of a dotted path that is there begins. */
function offsetOf(document: Document, base: readonly (string | number)[], field: string): number {
  const path = [
    ...base,
    ...field
      .split(/\.|\[|\]/)
      .filter((part) => part !== '')
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  ]
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const key of path) {
    if (!isCollection(node)) break
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
    const child: unknown = pair ?? node.items[typeof key === 'number' ? key : -1]
    if (child === undefined) break
    offset = startOf(isPair(child) ? child.key : child) ?? offset
    node = isPair(child) ? child.value : child
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0]
}
