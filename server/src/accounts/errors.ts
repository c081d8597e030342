import { Failure } from '../platform/http/index.ts'

/** What accounts refuse; each code is documented in docs/errors.md. */
export class AccountError extends Failure<
  | 'sign_in_refused'
  | 'password_without_email'
  | 'link_refused'
  | 'source_unknown'
  | 'api_key_unknown'
  | 'key_taken'
  | 'zone_unknown'
  | 'currency_unknown'
  | 'locale_unknown'
  | 'users_only'
  | 'account_exists'
  | 'account_unknown'
  | 'account_kept'
> {}
