import { Failure } from '../platform/http/index.ts'

/** Why a call to the ingest API was not taken as a whole; each code is documented in docs/errors.md. */
export class IngestError extends Failure<
  | 'write_key_missing'
  | 'write_key_unknown'
  | 'body_unreadable'
  | 'body_too_large'
  | 'too_many_events'
  | 'event_refused'
  | 'file_unknown'
  | 'accept_queue_full'
  | 'accept_database_away'
  | 'accept_stopping'
> {}
