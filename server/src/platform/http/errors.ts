import { Failure } from './failure.ts'

/** What every route may answer, whatever it is about; each code is documented in docs/errors.md. */
export class HttpFailure extends Failure<
  | 'bad_input'
  | 'bad_json'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'not_signed_in'
  | 'not_allowed'
  | 'foreign_origin'
  | 'route_unknown'
  | 'wrong_method'
  | 'too_many_requests'
  | 'request_refused'
  | 'database_away'
  | 'database_exhausted'
  | 'cursor_unreadable'
  | 'internal_error'
> {}
