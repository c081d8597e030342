import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. */
export class FormError extends Failure<
  | 'form_unknown'
  | 'form_name_taken'
  | 'form_id_taken'
  | 'form_in_use'
  | 'form_deleted'
  | 'form_template_unfit'
  | 'form_invalid'
  | 'form_body_unreadable'
  | 'form_person_refused'
> {}
