import { defaultOperators, toValue, toValueSync, TypeGuards, UndefinedVariableError, type Context, type Filter, type Value } from 'liquidjs'

/*
 * Values of Liquid as plain functions of the context, for synchronous rendering alone. LiquidJS evaluates everything through
 * generators, some eight of them for `{{ profile.firstName | default: 'there' }}`, so that values may be promises. Ours never are.
 * The context asked and the filters called are LiquidJS's own, and so is every comparison of other than plain values.
 */

/** A value, as LiquidJS would have it. */
export type Read = (ctx: Context) => unknown

type Token = ConstructorParameters<typeof UndefinedVariableError>[1]

/** What LiquidJS keeps to itself of a context, a filter and an operator. */
interface Scopes {
  findScope(key: string): unknown
  readProperty(from: unknown, key: unknown): unknown
}
interface Handler {
  readonly handler: (this: object, ...values: unknown[]) => unknown
  readonly token: unknown
  readonly liquid: unknown
}
type Operator = (left: unknown, right: unknown, ctx: Context) => unknown

const nothing: Read = () => undefined

/** A value with its operators and filters; `null` when it holds what only LiquidJS can read. */
export function quickValue({ initial, filters }: Value): Read | null {
  const read = quickExpression(initial.postfix)
  const steps = filters.map(quickFilter)
  if (read === null || !steps.every((step) => step !== null)) return null
  const [first, second, ...others] = steps
  if (first === undefined) return read
  if (second === undefined) return (ctx) => first(read(ctx), ctx)
  return (ctx) => {
    let value = second(first(read(ctx), ctx), ctx)
    for (const step of others) value = step(value, ctx)
    return value
  }
}

/** A literal, a path or a range; `null` for anything else. */
export function quickToken(token: unknown): Read | null {
  if (typeof token !== 'object' || token === null) return null
  if ('content' in token) {
    const { content } = token
    return () => content
  }
  if (TypeGuards.isRangeToken(token)) return quickRange(token)
  return TypeGuards.isPropertyAccessToken(token) && token.variable === undefined ? quickPath(token, token.props) : null
}

/** Whether two values are equal in Liquid: plain ones as they are, lists member by member, `empty` and its like by rules of their own. */
export function isEqual(left: unknown, right: unknown, ctx: Context): boolean {
  return isPlain(left) && isPlain(right) ? left === right : toValueSync(operatorOf('==')(left, right, ctx) as Generator) === true
}

/** Everything but `false` and what is missing. */
export function isTrue(value: unknown): boolean {
  const plain: unknown = toValue(value)
  return plain !== false && plain !== undefined && plain !== null
}

/** What a filter or a tag of LiquidJS gives back, run to its end when it is a generator. */
export function settle(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function'
    ? toValueSync(value as Generator)
    : value
}

// As a calculator that works in postfix would, once and for all. What lacks an operand reads nothing in its place, as in LiquidJS.
function quickExpression(postfix: readonly unknown[]): Read | null {
  const stack: Read[] = []
  for (const token of postfix) {
    if (!TypeGuards.isOperatorToken(token)) {
      const read = quickToken(token)
      if (read === null) return null
      stack.push(read)
      continue
    }
    const right = stack.pop() ?? nothing
    stack.push(token.operator === 'not' ? (ctx) => !isTrue(right(ctx)) : quickOperator(token.operator, stack.pop() ?? nothing, right))
  }
  return stack.length > 1 ? null : (stack[0] ?? nothing)
}

function quickOperator(name: string, left: Read, right: Read): Read {
  // Both sides are read whatever the first one is, so that both can fail.
  if (name === 'and')
    return (ctx) => {
      const [one, other] = [left(ctx), right(ctx)]
      return isTrue(one) && isTrue(other)
    }
  if (name === 'or')
    return (ctx) => {
      const [one, other] = [left(ctx), right(ctx)]
      return isTrue(one) || isTrue(other)
    }
  const operator = operatorOf(name)
  const plain = plainOperators[name]
  return (ctx) => {
    const [one, other] = [left(ctx), right(ctx)]
    return plain !== undefined && isPlain(one) && isPlain(other) ? plain(one, other) : toValueSync(operator(one, other, ctx) as Generator)
  }
}

type Plain = string | number | boolean | null | undefined

// Any two plain values can be held against one another as JavaScript does it; LiquidJS does no other.
const plainOperators: { readonly [name: string]: ((left: Plain, right: Plain) => boolean) | undefined } = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left! > right!,
  '<': (left, right) => left! < right!,
  '>=': (left, right) => left! >= right!,
  '<=': (left, right) => left! <= right!,
}

function operatorOf(name: string): Operator {
  const operator = defaultOperators[name]
  if (operator === undefined) throw new TypeError(`this LiquidJS has no operator ${name}`)
  return operator as Operator
}

function isPlain(value: unknown): value is Plain {
  return value === null || (typeof value !== 'object' && typeof value !== 'function')
}

function quickFilter(filter: Filter): ((value: unknown, ctx: Context) => unknown) | null {
  const { handler, token, liquid } = filter as unknown as Handler
  const readers: Read[] = []
  for (const arg of filter.args) {
    const [name, of] = Array.isArray(arg) ? arg : [null, arg]
    const read = of === undefined ? nothing : quickToken(of)
    if (read === null) return null
    readers.push(name === null ? read : (ctx) => [name, read(ctx)])
  }
  const [first] = readers
  if (first === undefined) return (value, ctx) => settle(handler.call({ context: ctx, token, liquid }, value))
  if (readers.length === 1) return (value, ctx) => settle(handler.call({ context: ctx, token, liquid }, value, first(ctx)))
  return (value, ctx) => settle(handler.call({ context: ctx, token, liquid }, value, ...readers.map((read) => read(ctx))))
}

function quickPath(token: Token, props: readonly unknown[]): Read | null {
  const readers = props.map(quickToken)
  const [first] = props
  if (!readers.every((read) => read !== null) || typeof first !== 'object' || first === null || !('content' in first)) return null
  const isFixed = props.every((prop) => typeof prop === 'object' && prop !== null && 'content' in prop)
  const keysOf = (ctx: Context): readonly unknown[] => readers.map((read) => toValue(read(ctx)) as unknown)
  // What is written out needs no context.
  const fixed = isFixed ? props.map((prop) => toValue((prop as { readonly content: unknown }).content) as unknown) : null
  return (ctx) => {
    const keys = fixed ?? keysOf(ctx)
    const scopes = ctx as unknown as Scopes
    try {
      let at = scopes.findScope(keys[0] as string)
      for (const key of keys) at = settle(scopes.readProperty(at, key))
      return at
    } catch (error) {
      throw new UndefinedVariableError(error as Error, token)
    }
  }
}

function quickRange({ lhs, rhs }: { readonly lhs: unknown; readonly rhs: unknown }): Read | null {
  const [low, high] = [quickToken(lhs), quickToken(rhs)]
  if (low === null || high === null) return null
  return (ctx) => {
    const [from, to] = [toValue(low(ctx)) as number, toValue(high(ctx)) as number]
    ctx.memoryLimit.use(to - from + 1)
    const numbers: number[] = []
    for (let number = +from; number < +to + 1; number++) numbers.push(number)
    return numbers
  }
}
