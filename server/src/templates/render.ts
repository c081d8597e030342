import type { ChannelKind, JsonObject, TemplateOf } from '@throughline/contracts'
import { compileTemplate } from './compile.ts'
import type { Rendered, RenderOptions } from './rendered.ts'

/**
 * Renders a definition that is not published yet, for previews. Depends on nothing but what is handed in (`'now' | date`
 * in a template asks the clock). Throws TemplateError.
 */
export async function renderTemplate<C extends ChannelKind>(
  definition: TemplateOf<C>,
  variables: JsonObject,
  options: RenderOptions,
): Promise<Rendered<C>> {
  const template = await compileTemplate<C>(definition)
  return template.render(variables, options)
}
