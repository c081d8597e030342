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
