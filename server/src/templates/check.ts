import type { Problem, TemplateDefinition } from '@throughline/contracts'
import { compileTemplate } from './compile.ts'
import { TemplateError } from './errors.ts'

const nobody = {
  profile: { id: '' },
  event: { name: '', properties: {} },
  journey: {},
  shop: { name: 'Shop', baseUrl: 'https://shop.example', currency: 'EUR' },
  unsubscribe_url: 'https://shop.example/u',
}

/**
 * What is wrong with a template before it is published: Liquid that cannot be read (with line and column), filters that do
 * not exist, MJML that breaks its rules, and a rendering that fails for somebody of whom nothing is known.
 * @returns an empty list when nothing is; messages do not name the template, since their reader knows it
 */
export async function checkTemplate(definition: TemplateDefinition): Promise<Problem[]> {
  try {
    const template = await compileTemplate(definition)
    template.render(nobody, { zone: 'UTC', locale: 'en', currency: 'EUR' })
    return template.warnings.map((warning) => ({
      field: 'mjml',
      value: `line ${warning.line}`,
      allowed: 'valid MJML',
      message: `mjml, line ${warning.line}: ${warning.message}`,
    }))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const { field, value, allowed } = error.details
    return [
      {
        field: field ?? '',
        value: typeof value === 'string' ? value : undefined,
        allowed: allowed ?? '',
        message: error.message.replace(/^Template "[^"]*",? /, ''),
      },
    ]
  }
}
