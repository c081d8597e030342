import type { Problem } from '@throughline/contracts'
import { TemplateError } from './errors.ts'
import { parsePart } from './liquid.ts'
import { makeVariables, renderOptionsOf, type VariableSources } from './variables.ts'

/** Liquid that stands elsewhere than in a template, by field. */
type Sources<F extends string> = { readonly [K in F]: string }

/** Texts that are parsed and can be written for any number of people. */
export interface Texts<F extends string> {
  /** @throws TemplateError `template_not_rendered` */
  render(from: Omit<VariableSources, 'unsubscribeUrl'>): { readonly [K in F]: string }
}

/**
 * Parses plain texts in Liquid that are no template.
 * @param name by which a failure names them
 * @throws TemplateError `template_invalid`
 */
export function parseTexts<F extends string>(name: string, sources: Sources<F>): Texts<F> {
  const parts = Object.entries<string>(sources).map(([field, source]) => parsePart(name, field, source, 'text'))
  return {
    render(from) {
      const all = { ...from, unsubscribeUrl: '' }
      const [variables, options] = [makeVariables(all), renderOptionsOf(all)]
      return Object.fromEntries(parts.map((part) => [part.field, part.render(variables, options)])) as { readonly [K in F]: string }
    },
  }
}

/** What is wrong with texts before they are published: Liquid that cannot be read, and filters that do not exist. */
export function checkTexts(sources: { readonly [field: string]: string }): Problem[] {
  return Object.entries(sources).flatMap(([field, source]) => {
    try {
      parsePart('', field, source, 'text')
      return []
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      const { value } = error.details
      return [
        {
          field,
          value: typeof value === 'string' ? value : undefined,
          allowed: 'Liquid',
          message: error.message.replace(/^Template "",? /, ''),
        },
      ]
    }
  })
}
