import type { InFile } from '@throughline/contracts'
import { CallError } from '../api-client.ts'
import { idOf } from './kinds.ts'
import { FilesError, type Loaded } from './load.ts'
import { inOrder, meanTheSame } from './normal-form.ts'

/** What applying one file would change of what stands on the server. */
export interface Planned<F extends InFile> extends Loaded {
  readonly value: F
  readonly change: 'new' | 'changed' | 'unchanged'
}

/** What came of one file, or would; nothing of these kinds has versions. */
export interface SetResult {
  readonly kind: Exclude<InFile['kind'], 'journey' | 'campaign' | 'segment' | 'template' | 'trait'>
  readonly id: string
  readonly change: Planned<InFile>['change']
  readonly version: null
}

/** How files of one kind differ from what stands on the server, each as the file of it would be. */
export function planFiles<F extends InFile>(
  files: readonly Loaded[],
  isOne: (value: InFile) => value is F,
  standing: readonly F[],
): readonly Planned<F>[] {
  const before = new Map(standing.map((one) => [idOf(one), one]))
  return files.flatMap(({ value, written }) => {
    if (!isOne(value)) return []
    const stands = before.get(idOf(value))
    return [
      { value, written, change: stands === undefined ? 'new' : meanTheSame(inOrder(stands), inOrder(value)) ? 'unchanged' : 'changed' },
    ]
  })
}

interface SetOptions<F extends InFile> {
  /** Makes or changes one on the server. */
  readonly write: (value: F, isNew: boolean) => Promise<unknown>
  /** What is said above the place of one that the server refuses. */
  readonly refused: string
  /** The field of the file, by that of the request. */
  readonly fieldOf?: (field: string) => string
  readonly dryRun: boolean
}

/**
 * Makes and changes what files of one kind say, one after the other.
 * @throws FilesError that names the place of the first that the server refuses
 */
export async function setFiles<F extends InFile & { readonly kind: SetResult['kind'] }>(
  planned: readonly Planned<F>[],
  { write, refused, fieldOf = (field) => field, dryRun }: SetOptions<F>,
): Promise<SetResult[]> {
  const results: SetResult[] = []
  for (const { value, written, change } of planned) {
    if (change !== 'unchanged' && !dryRun)
      await write(value, change === 'new').catch((error: unknown) => {
        if (!(error instanceof CallError) || error.answer === null) throw error
        throw new FilesError(refused, [`${written.place(fieldOf(error.answer.field ?? ''))}  ${error.message}`])
      })
    results.push({ kind: value.kind, id: idOf(value), change, version: null })
  }
  return results
}
