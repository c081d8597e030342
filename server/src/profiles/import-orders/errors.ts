import { Failure } from '../../platform/http/index.ts'

/** Why a file of orders could not be imported; each code is documented in docs/errors.md. */
export class ImportError extends Failure<
  'mapping_unreadable' | 'mapping_invalid' | 'import_file_unreadable' | 'import_column_missing' | 'import_too_scattered' | 'import_refused'
> {}
