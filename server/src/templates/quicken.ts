import { Output, toValue, toValueSync, TypeGuards, type Context, type Emitter, type Filter, type Template } from 'liquidjs'

/*
 * LiquidJS evaluates everything through generators, some eight of them for `{{ profile.firstName | default: 'there' }}`, so that
 * values may be promises. Ours never are. What makes up nearly all of an e-mail, plain text and outputs of a path with filters,
 * is therefore done by plain functions that ask the same context and call the same filters; tags, ranges, brackets with
 * variables in them and whatever else stay LiquidJS's own. A third of the time, measured on a cart reminder.
 */

type Read = (ctx: Context) => unknown

/** What LiquidJS keeps to itself of a context and of a filter. */
interface Scopes {
  findScope(key: string): unknown
  readProperty(from: unknown, key: string | number): unknown
}
interface Handler {
  readonly handler: (this: object, ...values: unknown[]) => unknown
  readonly token: unknown
  readonly liquid: unknown
}
interface Children {
  readonly str?: unknown
  readonly templates?: readonly Template[]
  readonly elseTemplates?: readonly Template[]
  readonly branches?: readonly { readonly templates: readonly Template[] }[]
}

/** Gives parsed templates their fast way of rendering, in place; for synchronous rendering alone. */
export function quicken(templates: readonly Template[]): void {
  for (const template of templates) {
    if (template instanceof Output) {
      template.render = fastOutput(template) ?? template.render
      continue
    }
    const { str, templates: inner = [], elseTemplates = [], branches = [] } = template as Children
    if (typeof str === 'string') template.render = (_ctx: Context, emitter: Emitter) => emitter.write(str)
    for (const part of [inner, elseTemplates, ...branches.map((branch) => branch.templates)]) quicken(part)
  }
}

function fastOutput({ value }: Output): Output['render'] | null {
  const [first, ...others] = value.initial.postfix
  const read = readerOf(first)
  if (read === null || others.length > 0) return null
  const filters = value.filters.map(fastFilter)
  if (!filters.every((filter) => filter !== null)) return null
  const render = (ctx: Context, emitter: Emitter): void => {
    let result = read(ctx)
    for (const filter of filters) result = filter(result, ctx)
    emitter.write(toValue(result))
  }
  // LiquidJS takes what is not a generator for done.
  return render as unknown as Output['render']
}

function fastFilter(filter: Filter): ((value: unknown, ctx: Context) => unknown) | null {
  const { handler, token, liquid } = filter as unknown as Handler
  const readers: Read[] = []
  for (const arg of filter.args) {
    const [name, of] = Array.isArray(arg) ? arg : [null, arg]
    const read = of === undefined ? () => undefined : readerOf(of)
    if (read === null) return null
    readers.push(name === null ? read : (ctx) => [name, read(ctx)])
  }
  return (value, ctx) => settle(handler.apply({ context: ctx, token, liquid }, [value, ...readers.map((read) => read(ctx))]))
}

/** Reads a literal or a path of names and numbers; `null` for anything else. */
function readerOf(token: unknown): Read | null {
  if (typeof token !== 'object' || token === null) return null
  if ('content' in token) return () => token.content
  if (!TypeGuards.isPropertyAccessToken(token) || token.variable !== undefined) return null
  const path: (string | number)[] = []
  for (const prop of token.props) {
    const key: unknown = 'content' in prop ? toValue(prop.content) : null
    if (typeof key !== 'string' && typeof key !== 'number') return null
    path.push(key)
  }
  return (ctx) => {
    const scopes = ctx as unknown as Scopes
    let at = scopes.findScope(String(path[0]))
    for (const key of path) at = settle(scopes.readProperty(at, key))
    return at
  }
}

/** A filter such as `where` or `sort` is a generator. */
function settle(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function'
    ? toValueSync(value as Generator)
    : value
}
