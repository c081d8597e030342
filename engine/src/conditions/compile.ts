import type { Condition } from '@throughline/contracts'
import { shortKey } from '../hash.ts'
import type { CompiledCondition, Compiler, Leaf, Memory, Truth, View } from './behaviour.ts'
import { bareContext, type ConditionContext } from './context.ts'
import { behaviourOf } from './registry.ts'

/** A compiler whose conditions share the leaves of `table`, and their memories; it fills both. */
export function makeCompiler(table: Map<string, Leaf>, context: ConditionContext): Compiler {
  const memories = new Map<string, Memory>()
  const named = new Map<string, CompiledCondition>()
  const compiler: Compiler = {
    context,
    compile: (condition) => behaviourOf(condition).compile(condition, compiler),
    shared(name, compile) {
      const known = named.get(name) ?? compile()
      named.set(name, known)
      return known
    },
    leaf(memoryKey, need, make) {
      const key = shortKey(JSON.stringify([memoryKey, need.keep, need.within ?? null]))
      const known = table.get(key)
      if (known !== undefined) return known
      let memory = memories.get(memoryKey)
      if (memory === undefined) memories.set(memoryKey, (memory = make()))
      memory.widen(need)
      const leaf = { key, eventNames: memory.eventNames, memory }
      table.set(key, leaf)
      return leaf
    },
  }
  return compiler
}

const compiled = new WeakMap<ConditionContext, WeakMap<Condition, CompiledCondition>>()

/** The condition compiled on its own; compiled once per object and context. */
export function compileCondition(condition: Condition, context: ConditionContext = bareContext): CompiledCondition {
  let known = compiled.get(context)
  if (known === undefined) compiled.set(context, (known = new WeakMap()))
  let found = known.get(condition)
  if (found === undefined) known.set(condition, (found = makeCompiler(new Map(), context).compile(condition)))
  return found
}

/** The leaves of a condition: what state a profile must keep to answer it. */
export function leavesOf(condition: Condition, context?: ConditionContext): readonly Leaf[] {
  return compileCondition(condition, context).leaves
}

/** The condition's answer for one profile at an instant. */
export function valueOf(condition: Condition, view: View, now: number, context?: ConditionContext): Truth {
  return compileCondition(condition, context).value(view, now)
}

/** When the answer may change by the passing of time alone, epoch ms; `null`: never. It is constant before that instant. */
export function nextChangeAt(condition: Condition, view: View, now: number, context?: ConditionContext): number | null {
  return compileCondition(condition, context).nextChangeAt(view, now)
}

/** The condition as a plain sentence: `Did Order Completed at least 2 times in the last 30 days, and country is GB`. */
export function describeCondition(condition: Condition): string {
  const sentence = describeClause(condition)
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

/** The same as a clause that goes on a sentence: `did Order Completed at least 2 times in the last 30 days, and country is GB`. */
export function describeClause(condition: Condition): string {
  return describeNested(condition, false)
}

/** What is kept for the condition and how exact it is: a sentence or two for each of its parts that keeps something. */
export function exactnessOf(condition: Condition): readonly string[] {
  const behaviour = behaviourOf(condition)
  const own = behaviour.exactness?.(condition)
  return [...new Set([...(own === undefined ? [] : [own]), ...behaviour.children(condition).flatMap(exactnessOf)])]
}

function describeNested(condition: Condition, nested: boolean): string {
  return behaviourOf(condition).describe(condition, (inner) => describeNested(inner, true), nested)
}
