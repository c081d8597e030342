import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class ChannelError extends Failure<
  | 'provider_unsuitable'
  | 'provider_config_invalid'
  | 'message_unknown'
  | 'person_unknown'
  | 'provider_missing'
  | 'template_missing'
  | 'inbox_token_invalid'
  | 'inbox_request_invalid'
> {}
