import { Failure } from '../platform/http/index.ts'

/** Refusals and failures of pulls and hooks; documented in docs/errors.md. */
export class ConnectorError extends Failure<
  | 'pull_unknown'
  | 'pull_secret_missing'
  | 'pull_place_wrong'
  | 'pull_draft_wrong'
  | 'pull_refused'
  | 'pull_unavailable'
  | 'pull_redirected'
  | 'pull_too_late'
  | 'pull_too_many_objects'
  | 'pull_columns_gone'
  | 'pull_file_unknown'
  | 'hook_unknown'
  | 'hook_secret_missing'
  | 'hook_not_mapped'
  | 'hook_signature_wrong'
  | 'hook_body_wrong'
  | 'hook_refused'
  | 'hook_paused'
  | 'hook_unreadable'
> {}
