import { Context, Liquid } from 'liquidjs'
import type { JsonObject } from '@throughline/contracts'
import { TemplateError } from './errors.ts'
import { OPTIONS, registerFilters } from './filters.ts'
import { marked, type Mark, type Marked, type SkeletonMaker } from './marked.ts'
import { quicken, TextEmitter, type Block } from './quicken.ts'
import type { RenderOptions } from './rendered.ts'

/** How values are written into the text around them. */
export type Medium = 'html' | 'text' | 'json'

/** Characters of a finished text, at most: a mail client cuts at 102 KB, a webhook takes no more than this. */
const LONGEST_OUTPUT = 1_000_000

const engines: { readonly [M in Medium]: Liquid } = {
  html: makeEngine((value) => escapeHtml(textOf(value))),
  text: makeEngine(undefined),
  json: makeEngine((value) => JSON.stringify(textOf(value)).slice(1, -1)),
}
engines.json.registerFilter('json', { raw: true, handler: (value: unknown) => JSON.stringify(value ?? null) })

// No file system, no prototypes; two seconds, so that a busy machine fails nobody, and yet a runaway loop ends.
function makeEngine(outputEscape: ((value: unknown) => string) | undefined): Liquid {
  const engine = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    parseLimit: 500_000,
    renderLimit: 2_000,
    memoryLimit: 10_000_000,
    ...(outputEscape === undefined ? {} : { outputEscape }),
  })
  registerFilters(engine)
  return engine
}

/** One text of a template, parsed. */
export interface Part {
  readonly field: string
  /** Throws {@link TemplateError} `template_not_rendered`. */
  render(variables: JsonObject, options: RenderOptions): string
  /** The same, with the places of its fixed pieces, if they were gathered. */
  mark(variables: JsonObject, options: RenderOptions): Marked
}

/** Parses one text, and hands its fixed pieces to `skeleton`. Throws {@link TemplateError} `template_invalid`, with line and column where Liquid tells them. */
export function parsePart(template: string, field: string, source: string, medium: Medium, skeleton: SkeletonMaker | null = null): Part {
  const engine = engines[medium]
  let write: Block
  try {
    write = quicken(engine.parse(source), skeleton)
  } catch (error) {
    throw new TemplateError('bad-input', 'template_invalid', `Template "${template}", ${field}: ${liquidMessage(error)}`, {
      field,
      ...positionOf(error),
      allowed: 'Liquid',
      cause: error,
    })
  }
  const renderTo = (emitter: TextEmitter, variables: JsonObject, options: RenderOptions): string => {
    try {
      write(new Context(variables, engine.options, { globals: { [OPTIONS]: options }, sync: true }, { liquid: engine }), emitter)
    } catch (error) {
      throw new TemplateError('bad-input', 'template_not_rendered', `Template "${template}", ${field}: ${liquidMessage(error)}`, {
        field,
        ...positionOf(error),
        cause: error,
      })
    }
    const result = emitter.buffer
    if (result.length > LONGEST_OUTPUT)
      throw new TemplateError(
        'bad-input',
        'template_not_rendered',
        `Template "${template}", ${field}: came out longer than ${LONGEST_OUTPUT} characters.`,
        { field },
      )
    return result
  }
  return {
    field,
    render: (variables, options) => renderTo(new TextEmitter(), variables, options),
    mark(variables, options) {
      const marks: Mark[] = []
      return marked(renderTo(new TextEmitter(marks), variables, options), marks)
    },
  }
}

/**
 * Prepares Liquid that has to come out as JSON: a value that stands for itself is written as JSON (`null` when missing),
 * one inside quotation marks as the inside of a string.
 */
export function prepareJson(source: string): string {
  let inString = false
  return source.replace(
    /\{%-?[\s\S]*?%\}|\{\{(-?)([\s\S]*?)(-?)\}\}|\\.|"/g,
    (found: string, left: string | undefined, inside: string | undefined, right: string | undefined) => {
      if (found === '"') inString = !inString
      if (inside === undefined || inString || /\|\s*json\b/.test(inside)) return found
      return `{{${left ?? ''}${inside.trimEnd()} | json ${right ?? ''}}}`
    },
  )
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (found) => entities[found] ?? found) : text
}

function liquidMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/, file:[^,]*/, '')
}

function positionOf(error: unknown): { readonly value?: string } {
  const match = /line:(\d+), col:(\d+)/.exec(error instanceof Error ? error.message : '')
  return match === null ? {} : { value: `line ${match[1]}, column ${match[2]}` }
}
