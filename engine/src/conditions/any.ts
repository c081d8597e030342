import type { AnyCondition } from '@throughline/contracts'
import type { ConditionBehaviour, Truth } from './behaviour.ts'
import { combine } from './combine.ts'

/** At least one of them holds. One that does settles it, even while others are pending. */
export const anyCondition: ConditionBehaviour<AnyCondition> = {
  compile({ of }, compiler) {
    const parts = of.map(compiler.compile)
    return {
      ...combine(parts),
      value(view, now) {
        let truth: Truth = false
        for (const part of parts) {
          const value = part.value(view, now)
          if (value === true) return true
          if (value === 'pending') truth = 'pending'
        }
        return truth
      },
    }
  },
  toSql: ({ of }, sql) => `(${of.map((part) => sql.compile(part)).join(' or ')})`,
  describe: ({ of }, describe, nested) => (nested && of.length > 1 ? `(${of.map(describe).join(' or ')})` : of.map(describe).join(', or ')),
  children: ({ of }) => of,
}
