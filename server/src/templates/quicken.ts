import {
  AssignTag,
  CaptureTag,
  CaseTag,
  Drop,
  ForTag,
  IfTag,
  LiquidError,
  Output,
  RenderError,
  toValue,
  UnlessTag,
  type Context,
  type Emitter,
  type Template,
  type Value,
} from 'liquidjs'
import type { Fixed, Mark, SkeletonMaker } from './marked.ts'
import { isEqual, isTrue, quickToken, quickValue, settle, type Read } from './quick-values.ts'

/*
 * What makes up nearly all of an e-mail is done by plain functions instead of LiquidJS's generators: text, outputs, `if`, `unless`,
 * `case`, `for`, `assign`, `capture`. They go by the same context and do the same in the same order. Every other tag, and one of these with
 * a value that only LiquidJS can read, stays LiquidJS's own; what stands inside it is quick again.
 */

/** Writes a row of templates to the emitter. */
export type Block = (ctx: Context, emitter: Emitter) => void

interface Branch {
  readonly value: Value
  readonly templates: Template[]
}
interface Children {
  readonly str?: unknown
  readonly templates?: Template[]
  readonly elseTemplates?: Template[]
  readonly branches?: readonly { readonly templates: Template[] }[]
}

/** Gathers what is written, and where it is asked to, which fixed pieces stand in it. */
export class TextEmitter implements Emitter {
  buffer = ''
  readonly marks: Mark[] | null

  constructor(marks: Mark[] | null = null) {
    this.marks = marks
  }

  write(value: unknown): void {
    this.buffer += typeof value === 'string' ? value : textOf(value)
  }
}

/**
 * Gives parsed templates their fast way of rendering, in place; for synchronous rendering alone.
 * @param skeleton gathers their fixed pieces, which are then marked in what is written
 * @returns what renders them as a whole, with a context whose limits and options are those of the engine that parsed them
 */
export function quicken(templates: readonly Template[], skeleton: SkeletonMaker | null = null): Block {
  for (const template of templates) template.render = quickTemplate(template, skeleton) ?? template.render
  return (ctx, emitter) => {
    for (const template of templates) {
      checkTime(ctx)
      try {
        // What is not quick may be a generator, or answer with its text.
        const text: unknown = template.render(ctx, emitter)
        if (text !== undefined) write(settle(text), emitter)
        if (ctx.breakCalled || ctx.continueCalled) return
      } catch (error) {
        throw LiquidError.is(error) ? error : new RenderError(error as Error, template as never)
      }
    }
  }
}

function write(text: unknown, emitter: Emitter): void {
  if (text) emitter.write(text)
}

let turns = 0

// A clock asked for each word would cost more than the word; a loop that runs away passes here often enough.
function checkTime(ctx: Context): void {
  turns = (turns + 1) & 63
  if (turns === 0) ctx.renderLimit.check(performance.now())
}

/** The fast way for one template, once those inside it have theirs; `null` where there is none. */
function quickTemplate(template: Template, skeleton: SkeletonMaker | null): Template['render'] | null {
  if (template instanceof Output) return quickOutput(template)
  const { str, templates = [], elseTemplates = [], branches = [] } = template as Children
  if (typeof str === 'string') return quickText(str, skeleton?.add(str) ?? null)
  const inner = quicken(templates, skeleton)
  const otherwise = quicken(elseTemplates, skeleton)
  const blocks = branches.map((branch) => quicken(branch.templates, skeleton))
  if (template instanceof ForTag) return quickFor(template, inner, otherwise)
  if (template instanceof IfTag) return quickIf(template.branches, blocks, otherwise, () => true)
  if (template instanceof UnlessTag) return quickIf(template.branches, blocks, otherwise, (index) => index > 0)
  if (template instanceof CaseTag) return quickCase(template, blocks, otherwise)
  if (template instanceof AssignTag) return quickAssign(template as unknown as { readonly key: string; readonly value: Value })
  if (template instanceof CaptureTag) return quickCapture(template.variable, inner)
  return null
}

function quickText(text: string, fixed: Fixed | null): Template['render'] {
  if (fixed === null) return (_ctx: Context, emitter: Emitter) => void (emitter.buffer += text)
  return (_ctx: Context, emitter: Emitter) => {
    // What is captured, and what tags of LiquidJS make with an emitter of their own, is no place in the whole.
    const { marks } = emitter as TextEmitter
    if (marks) marks.push({ at: emitter.buffer.length, fixed })
    emitter.buffer += marks ? fixed.text : text
  }
}

function quickOutput({ value }: Output): Template['render'] | null {
  const read = quickValue(value)
  if (read === null) return null
  return (ctx: Context, emitter: Emitter) => {
    const result = read(ctx)
    if (typeof result === 'string') emitter.buffer += result
    else emitter.write(toValue(result))
  }
}

/** @param wants whether the branch of this index is taken when its value is true; `unless` begins with one that is not */
function quickIf(
  branches: readonly Branch[],
  blocks: readonly Block[],
  otherwise: Block,
  wants: (index: number) => boolean,
): Template['render'] | null {
  const tests = branches.map(({ value }) => quickValue(value))
  if (!tests.every((test) => test !== null)) return null
  const wanted = tests.map((_, index) => wants(index))
  return (ctx: Context, emitter: Emitter) => {
    for (let index = 0; index < tests.length; index++) if (isTrue(tests[index]!(ctx)) === wanted[index]) return blocks[index]!(ctx, emitter)
    otherwise(ctx, emitter)
  }
}

function quickCase({ value, branches }: CaseTag, blocks: readonly Block[], otherwise: Block): Template['render'] | null {
  const target = quickValue(value)
  const values: readonly (readonly (Read | null)[])[] = branches.map((branch) => branch.values.map(quickToken))
  if (target === null || !isAllRead(values)) return null
  return (ctx: Context, emitter: Emitter) => {
    const is: unknown = toValue(target(ctx))
    let hit = false
    for (let index = 0; index < values.length; index++) {
      if (!values[index]!.some((read) => isEqual(is, read(ctx), ctx))) continue
      blocks[index]!(ctx, emitter)
      hit = true
    }
    if (!hit) otherwise(ctx, emitter)
  }
}

function isAllRead(values: readonly (readonly (Read | null)[])[]): values is readonly (readonly Read[])[] {
  return values.every((row) => row.every((read) => read !== null))
}

function quickAssign({ key, value }: { readonly key: string; readonly value: Value }): Template['render'] | null {
  const read = quickValue(value)
  return read === null ? null : (ctx: Context) => void ((ctx.bottom() as Record<string, unknown>)[key] = read(ctx))
}

function quickCapture(variable: string, inner: Block): Template['render'] {
  return (ctx: Context) => {
    const emitter = new TextEmitter()
    inner(ctx, emitter)
    ;(ctx.bottom() as Record<string, unknown>)[variable] = emitter.buffer
  }
}

function quickFor(tag: ForTag, inner: Block, otherwise: Block): Template['render'] | null {
  const { variable, hash } = tag
  const read = quickToken(tag.collection)
  const modifiers = quickHash(hash.hash)
  if (read === null || modifiers === null) return null
  const name = tag.collection.getText()
  const continueKey = `continue-${variable}-${name}`
  return (ctx: Context, emitter: Emitter) => {
    let items = listOf(read(ctx))
    if (items.length === 0) return otherwise(ctx, emitter)
    let from: unknown
    if (modifiers.length > 0) {
      const given = readModifiers(modifiers, continueKey, ctx)
      from = given['offset']
      if (from !== undefined) items = items.slice(from as number)
      if (given['limit'] !== undefined) items = items.slice(0, given['limit'] as number)
      if (given['reversed'] !== undefined) items = items.toReversed()
    }
    ctx.setRegister(continueKey, ((from || 0) as number) + items.length)
    const scope = Object.create(null) as { forloop: ForloopDrop; [name: string]: unknown }
    scope.forloop = new ForloopDrop(items.length, name, variable)
    ctx.push(scope)
    for (const item of items) {
      scope[variable] = item
      ctx.continueCalled = ctx.breakCalled = false
      inner(ctx, emitter)
      if (ctx.breakCalled) break
      scope.forloop.next()
    }
    ctx.continueCalled = ctx.breakCalled = false
    ctx.pop()
  }
}

type Modifier = readonly [name: string, read: Read]

function quickHash(hash: { readonly [name: string]: unknown }): readonly Modifier[] | null {
  const modifiers: Modifier[] = []
  for (const [name, token] of Object.entries(hash)) {
    const read = token === undefined ? () => true : quickToken(token)
    if (read === null) return null
    modifiers.push([name, read])
  }
  return modifiers
}

// `offset: continue` goes on where the last loop over the same list has ended.
function readModifiers(modifiers: readonly Modifier[], continueKey: string, ctx: Context): { readonly [name: string]: unknown } {
  const scope = Object.create(null) as Record<string, unknown>
  scope['continue'] = ctx.getRegister(continueKey, {})
  ctx.push(scope)
  const given: Record<string, unknown> = {}
  for (const [name, read] of modifiers) given[name] = read(ctx)
  ctx.pop()
  return given
}

function listOf(value: unknown): readonly unknown[] {
  const plain: unknown = toValue(value)
  if (Array.isArray(plain)) return plain
  if (typeof plain === 'string') return plain === '' ? [] : [plain]
  if ((typeof plain !== 'object' && typeof plain !== 'function') || plain === null) return []
  return Symbol.iterator in plain
    ? Array.from(plain as Iterable<unknown>)
    : Object.keys(plain).map((key) => [key, (plain as Record<string, unknown>)[key]])
}

/** As LiquidJS writes a value that is no text. */
function textOf(value: unknown): string {
  const plain: unknown = toValue(value)
  if (typeof plain === 'string') return plain
  if (plain === null || plain === undefined) return ''
  return Array.isArray(plain) ? plain.map(textOf).join('') : String(plain)
}

/** What a template can ask a loop. LiquidJS has the same, and keeps it to itself. */
class ForloopDrop extends Drop {
  private i = 0
  readonly length: number
  readonly name: string

  constructor(length: number, collection: string, variable: string) {
    super()
    this.length = length
    this.name = `${variable}-${collection}`
  }
  next(): void {
    this.i++
  }
  index0(): number {
    return this.i
  }
  index(): number {
    return this.i + 1
  }
  first(): boolean {
    return this.i === 0
  }
  last(): boolean {
    return this.i === this.length - 1
  }
  rindex(): number {
    return this.length - this.i
  }
  rindex0(): number {
    return this.length - this.i - 1
  }
  override valueOf(): string {
    return JSON.stringify(this)
  }
}
