import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class FileImportError extends Failure<
  | 'file_import_unknown'
  | 'file_import_busy'
  | 'file_import_gone'
  | 'file_too_large'
  | 'file_unreadable'
  | 'file_mapping_wrong'
  | 'saved_mapping_unknown'
> {}

/** The file of an import is not kept any more, or lies on another server. */
export function fileGone({ id, name }: { readonly id: string; readonly name: string }): FileImportError {
  return new FileImportError(
    'conflict',
    'file_import_gone',
    `The file "${name}" is not on this server any more. Upload it again, or have it fetched again.`,
    {
      field: 'id',
      value: id,
    },
  )
}
