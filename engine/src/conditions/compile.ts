import type { Condition } from '@throughline/contracts'
import { shortKey } from '../hash.ts'
import type { CompiledCondition, Compiler, Leaf, Memory, Truth, View } from './behaviour.ts'
import { behaviourOf } from './registry.ts'

/** A compiler whose conditions share the leaves of `table`, and their memories; it fills both. */
export function makeCompiler(table: Map<string, Leaf>): Compiler {
  const memories = new Map<string, Memory>()
  const compiler: Compiler = {
    compile: (condition) => behaviourOf(condition).compile(condition, compiler),
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

const compiled = new WeakMap<Condition, CompiledCondition>()

/** The condition compiled on its own; compiled once per object. */
export function compileCondition(condition: Condition): CompiledCondition {
  let found = compiled.get(condition)
  if (found === undefined) compiled.set(condition, (found = makeCompiler(new Map()).compile(condition)))
  return found
}

/** The leaves of a condition: what state a profile must keep to answer it. */
export function leavesOf(condition: Condition): readonly Leaf[] {
  return compileCondition(condition).leaves
}

/** The condition's answer for one profile at an instant. */
export function valueOf(condition: Condition, view: View, now: number): Truth {
  return compileCondition(condition).value(view, now)
}

/** When the answer may change by the passing of time alone, epoch ms; `null`: never. It is constant before that instant. */
export function nextChangeAt(condition: Condition, view: View, now: number): number | null {
  return compileCondition(condition).nextChangeAt(view, now)
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

function describeNested(condition: Condition, nested: boolean): string {
  return behaviourOf(condition).describe(condition, (inner) => describeNested(inner, true), nested)
}
