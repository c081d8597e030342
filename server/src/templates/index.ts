/**
 * Templates: what a message says, per channel.
 *
 * - *definition*: a template as its author wrote it (contracts); every text in it is Liquid.
 * - *compiled*: parsed once per version, MJML turned into HTML with its Liquid kept, a text part derived.
 * - *variables*: what a template can name: profile, event, journey, shop, unsubscribe_url.
 * - *fixed piece*: what stands in a template for everybody; a *mark* says where one stands in a finished text.
 * - *rendered*: the finished texts for one person. A template either renders as a whole or fails as a whole.
 */
export type { CompiledTemplate } from './compile.ts'
export { makeTemplateHandlers, makeTemplatePreview } from './handlers.ts'
export { edit, marked, MARKS, marksOf, type Edit, type EmailMarks, type Fixed, type Marked, type Skeleton } from './marked.ts'
export { renderTemplate } from './render.ts'
export type { Rendered, RenderOptions } from './rendered.ts'
export { checkTemplate } from './check.ts'
export { checkTexts, parseTexts } from './texts.ts'
export { makeTemplateStore, type TemplateStore } from './store.ts'
export { makeVariables, renderOptionsOf } from './variables.ts'
export { TemplateError } from './errors.ts'
