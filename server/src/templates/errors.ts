import { Failure } from '../platform/http/index.ts'

/** Refusals of this domain; documented in docs/errors.md. The message says which part of which template, and why. */
export class TemplateError extends Failure<'template_invalid' | 'template_not_rendered' | 'template_unknown'> {}
