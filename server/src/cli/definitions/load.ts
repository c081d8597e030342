import { extname } from 'node:path'
import type { InFile, Problem } from '@throughline/contracts'
import { problemsOf } from '../../platform/http/index.ts'
import { fileKinds, keyOf, schemaOf } from './kinds.ts'
import { findDefinitionFiles, readDefinitionFile, type FileDefinition } from './read-files.ts'

/** What is wrong with files, one line each with its place. */
export class FilesError extends Error {
  readonly lines: readonly string[]
  constructor(message: string, lines: readonly string[]) {
    super([message, ...lines.map((line) => `  ${line}`)].join('\n'))
    this.name = 'FilesError'
    this.lines = lines
  }
}

/** What stands in files and folders, as it was written. @throws FilesError when some cannot be read as YAML or JSON, or there are none */
export function readFiles(paths: readonly string[]): FileDefinition[] {
  const { definitions, files } = readAny(paths)
  if (definitions.length > 0) return definitions
  const others = files.filter((file) => !['.yaml', '.yml', '.json'].includes(extname(file)))
  throw new FilesError(
    `There are no definitions in ${paths.join(', ')}. Files end in .yaml, .yml or .json, and hold journeys, segments, templates, computed traits, pools of codes, forms, ad audiences and channels.`,
    others,
  )
}

/** The same, where there may be none. */
export function readAny(paths: readonly string[]): { definitions: FileDefinition[]; files: readonly string[] } {
  const files = paths.flatMap((path) => {
    try {
      return findDefinitionFiles([path])
    } catch (error) {
      throw new FilesError(`Cannot read ${path}: ${(error as Error).message}`, [])
    }
  })
  const read = files.map((file) => readDefinitionFile(file))
  const problems = read.flatMap((one) => one.problems)
  if (problems.length > 0)
    throw new FilesError(
      'These files cannot be read:',
      problems.map(({ place, message }) => `${place}  ${message}`),
    )
  return { definitions: read.flatMap((one) => one.definitions), files }
}

/** A definition of a file that its schema takes. */
export interface Loaded {
  readonly written: FileDefinition
  readonly value: InFile
}

/** Reads definitions by their schemas. @throws FilesError that names the place of everything that does not fit, also of twins */
export function parseFiles(written: readonly FileDefinition[]): Loaded[] {
  const lines: string[] = []
  const loaded = written.flatMap((one): Loaded[] => {
    const schema = schemaOf(one.value)
    if (schema === undefined) {
      const kind = (one.value as { kind?: unknown } | null)?.kind
      lines.push(
        `${one.place('kind')}  kind ${kind === undefined ? 'is missing' : `is ${JSON.stringify(kind)}`}; allowed: ${Object.keys(fileKinds).join(', ')}.`,
      )
      return []
    }
    const result = schema.safeParse(one.value)
    if (result.success) return [{ written: one, value: result.data }]
    lines.push(...problemLines(one, problemsOf(result.error, one.value, '')))
    return []
  })
  const first = new Map<string, FileDefinition>()
  for (const { written: one, value } of loaded) {
    const twin = first.get(keyOf(value))
    if (twin === undefined) first.set(keyOf(value), one)
    else lines.push(`${one.place('id')}  the ${keyOf(value)} stands here twice, first in ${twin.place('id')}.`)
  }
  if (lines.length > 0) throw new FilesError('These do not fit:', lines)
  return loaded
}

/** Problems of one definition, each behind the place of its field. */
export function problemLines(written: FileDefinition, problems: readonly Pick<Problem, 'field' | 'message'>[]): string[] {
  return problems.map(({ field, message }) => `${written.place(field)}  ${message}`)
}
