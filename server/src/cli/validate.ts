import { validateDefinitions } from '@throughline/engine'
import type { Definition, Problem } from '@throughline/contracts'
import { checkTemplate, checkTexts } from '../templates/index.ts'
import { isDefinition } from './definitions/kinds.ts'
import { FilesError, parseFiles, problemLines, readFiles, type Loaded } from './definitions/load.ts'
import { show, type CliCommand } from './command.ts'

/** `throughline validate`: whether files could be published, without a server. */
export const validate: CliCommand = {
  add(program) {
    program
      .command('validate <paths...>')
      .description('Check files and folders that hold everything they name; needs no server')
      .option('--json', 'Answer as JSON')
      .action(async (paths: string[], options: { readonly json?: boolean }) => {
        const { valid } = await validateFiles(paths)
        show(options.json, { valid }, () => [`${valid} definition${valid === 1 ? ' fits' : 's fit'}.`])
      })
  },
}

/**
 * Checks definitions as publishing them would: each by its schema, all together, and templates by rendering them for somebody of
 * whom nothing is known. What they name has to stand in the files as well.
 * @throws FilesError that names `file:line:column` of everything that is wrong
 */
export async function validateFiles(paths: readonly string[]): Promise<{ valid: number }> {
  const loaded = parseFiles(readFiles(paths))
  const definitions = loaded.filter((one): one is Loaded & { value: Parameters<typeof validateDefinitions>[0][number] } =>
    isDefinition(one.value),
  )
  const between = validateDefinitions(
    definitions.map(({ value }) => value),
    [],
  ).flatMap((problem) => problemLines(definitions[problem.index]!.written, [{ ...problem, field: problem.field }]))
  const templates = await Promise.all(
    definitions.map(async ({ value, written }) => (value.kind === 'template' ? problemLines(written, await checkTemplate(value)) : [])),
  )
  const texts = definitions.flatMap(({ value, written }) => problemLines(written, problemsOfTexts(value)))
  const lines = [...between, ...templates.flat(), ...texts]
  if (lines.length > 0) throw new FilesError('These do not fit:', lines)
  return { valid: loaded.length }
}

function problemsOfTexts(definition: Definition): Problem[] {
  if (definition.kind !== 'journey') return []
  return Object.entries(definition.steps).flatMap(([id, step]) =>
    step.kind === 'staff-task'
      ? checkTexts({ title: step.title, text: step.text }).map((one) => ({ ...one, field: `steps.${id}.${one.field}` }))
      : [],
  )
}
