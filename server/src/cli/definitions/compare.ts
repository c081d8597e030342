import { createTwoFilesPatch } from 'diff'
import { asFileMeans, inOrder, meanTheSame } from './normal-form.ts'
import { idOf, keyOf, type FileKind } from './kinds.ts'
import type { Loaded } from './load.ts'
import type { Published } from './published.ts'
import { toYaml } from './write.ts'

export interface Difference {
  readonly kind: FileKind
  readonly id: string
  /** `new`: only in a file · `changed` · `unchanged` · `missing`: on the server, and in no file. */
  readonly change: 'new' | 'changed' | 'unchanged' | 'missing'
  /** What `throughline apply` would change, line by line, as a unified diff; empty when nothing. */
  readonly diff: string
}

/** Compares files with what is in force: what applying them would change, and what they do not hold. In the order of kind and id. */
export function compare(files: readonly Loaded[], published: ReadonlyMap<string, Published>): Difference[] {
  const inFiles = new Map(files.map((one) => [keyOf(one.value), one]))
  const keys = [...new Set([...inFiles.keys(), ...published.keys()])].sort()
  return keys.map((key): Difference => {
    const file = inFiles.get(key)
    const found = published.get(key)
    const server = found && { ...found, value: inOrder(asFileMeans(found.value, file?.value)) }
    const one = (file ?? server)!.value
    const about = { kind: one.kind, id: idOf(one) }
    if (file === undefined) return { ...about, change: 'missing', diff: '' }
    if (server !== undefined && meanTheSame(inOrder(file.value), server.value)) return { ...about, change: 'unchanged', diff: '' }
    const diff = createTwoFilesPatch(
      server === undefined ? 'nothing published' : `published ${key}${server.version === null ? '' : `, version ${server.version}`}`,
      file.written.file,
      server === undefined ? '' : toYaml(server.value),
      toYaml(file.value),
      undefined,
      undefined,
      { context: 3 },
    )
    // The first line only rules off what stands above it.
    return { ...about, change: server === undefined ? 'new' : 'changed', diff: diff.slice(diff.indexOf('---')) }
  })
}
