import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileSchema, type InFile } from '@throughline/contracts'
import { isSeq, parseAllDocuments, type Document } from 'yaml'
import { fileKinds, idOf, keyOf } from './kinds.ts'
import { FilesError, parseFiles, readAny, type Loaded } from './load.ts'
import { asFileMeans, inOrder, meanTheSame } from './normal-form.ts'
import type { Published } from './published.ts'
import { toYaml, updateYaml, yamlStyle } from './write.ts'

export interface Pulled {
  readonly path: string
  readonly change: 'new' | 'changed' | 'unchanged'
}

/** The schema by which editors complete and check the files, in a folder that `apply` does not read. */
const SCHEMA = join('.throughline', 'definition.schema.json')

export interface PullPlan {
  readonly files: readonly Pulled[]
  readonly kept: readonly { readonly place: string; readonly key: string }[]
  write(): void
}

/**
 * What has to be written so that the files of a folder say what is published.
 * @param mayOverwrite whether what a file says is known to the server as an earlier version, and nothing is lost with it
 */
export async function planPull(
  folder: string,
  published: readonly Published[],
  mayOverwrite: (file: InFile, current: InFile) => Promise<boolean>,
): Promise<PullPlan> {
  const { definitions } = existsSync(folder) ? readAny([folder]) : { definitions: [] }
  const loaded = new Map(parseFiles(definitions).map((one) => [keyOf(one.value), one]))
  const texts = new Map<string, { text: string; change: Pulled['change'] }>()
  const updates = new Map<string, { at: Loaded; value: InFile }[]>()
  const kept: { place: string; key: string }[] = []
  for (const { value: inForce } of published) {
    const at = loaded.get(keyOf(inForce))
    const value = inOrder(asFileMeans(inForce, at?.value))
    if (at === undefined) {
      const path = freePath(folder, value, loaded)
      const header = `# yaml-language-server: $schema=../${SCHEMA.replaceAll('\\', '/')}\n`
      texts.set(path, { text: header + toYaml(value), change: 'new' })
    } else if (meanTheSame(inOrder(at.value), value)) {
      if (!texts.has(at.written.file)) texts.set(at.written.file, { text: '', change: 'unchanged' })
    } else if (await mayOverwrite(at.value, value)) {
      updates.set(at.written.file, [...(updates.get(at.written.file) ?? []), { at, value }])
    } else kept.push({ place: at.written.place('kind'), key: keyOf(value) })
  }
  for (const [path, changes] of updates) texts.set(path, { text: rewrite(path, changes), change: 'changed' })
  const schemaPath = join(folder, SCHEMA)
  const schema = `${JSON.stringify({ title: 'What a file of Throughline may hold', ...fileSchema.toJSONSchema({ io: 'input' }) }, null, 2)}\n`
  const known = existsSync(schemaPath) ? readFileSync(schemaPath, 'utf8') : undefined
  if (known !== schema) texts.set(schemaPath, { text: schema, change: known === undefined ? 'new' : 'changed' })
  return {
    files: [...texts].map(([path, { change }]) => ({ path, change })),
    kept,
    write() {
      for (const [path, { text, change }] of texts) {
        if (change === 'unchanged') continue
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, text)
      }
    },
  }
}

/** `segments/vip.yaml`; an error where another definition stands in a file of that name. */
function freePath(folder: string, value: InFile, loaded: ReadonlyMap<string, Loaded>): string {
  const path = join(folder, fileKinds[value.kind].folder, `${idOf(value)}.yaml`)
  if (!existsSync(path)) return path
  const other = [...loaded.values()].find(({ written }) => written.file === path)
  throw new FilesError(
    `The ${keyOf(value)} belongs into ${path}, which holds ${other === undefined ? 'something else' : `the ${keyOf(other.value)}`}. Move that file, then pull again.`,
    [],
  )
}

function rewrite(path: string, changes: readonly { at: Loaded; value: InFile }[]): string {
  const text = readFileSync(path, 'utf8')
  if (extname(path) === '.json') return rewriteJson(text, changes)
  const documents = parseAllDocuments(text) as Document[]
  for (const { at, value } of changes) {
    const document = documents[at.written.document]!
    updateYaml(document, at.written.item === null || !isSeq(document.contents) ? [] : [at.written.item], value)
  }
  return documents.map((document) => document.toString(yamlStyle)).join('')
}

function rewriteJson(text: string, changes: readonly { at: Loaded; value: InFile }[]): string {
  const whole: unknown = JSON.parse(text)
  if (!Array.isArray(whole)) return `${JSON.stringify(inOrder(changes[0]!.value), null, 2)}\n`
  for (const { at, value } of changes) whole[at.written.item ?? 0] = inOrder(value)
  return `${JSON.stringify(whole, null, 2)}\n`
}
