import type { AllCondition } from '@throughline/contracts'
import type { ConditionBehaviour, Truth } from './behaviour.ts'
import { combine } from './combine.ts'

/** Every one of them holds. One that does not settles it, even while others are pending. */
export const allCondition: ConditionBehaviour<AllCondition> = {
  compile({ of }, compiler) {
    const parts = of.map(compiler.compile)
    return {
      ...combine(parts),
      value(view, now) {
        let truth: Truth = true
        for (const part of parts) {
          const value = part.value(view, now)
          if (value === false) return false
          if (value === 'pending') truth = 'pending'
        }
        return truth
      },
    }
  },
  toSql: ({ of }, sql) => `(${of.map((part) => sql.compile(part)).join(' and ')})`,
  describe: ({ of }, describe, nested) =>
    nested && of.length > 1 ? `(${of.map(describe).join(' and ')})` : of.map(describe).join(', and '),
  children: ({ of }) => of,
}
