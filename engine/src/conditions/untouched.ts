import type { Condition } from '@throughline/contracts'
import { nobody, type Truth } from './behaviour.ts'
import { compileCondition } from './compile.ts'
import type { ConditionContext } from './context.ts'

/**
 * What a condition says of everybody of whom nothing but these leaves is known, and of these that none of their events ever
 * happened: yes, no, or `'pending'` where it hangs on anything else about the person.
 * @param leaves keys of the leaves that are known to be empty
 */
export function valueOfUntouched(condition: Condition, leaves: ReadonlySet<string>, now: number, context: ConditionContext): Truth {
  const inner = (part: Condition): Truth => valueOfUntouched(part, leaves, now, context)
  switch (condition.kind) {
    case 'all':
      return among(condition.of.map(inner), false)
    case 'any':
      return among(condition.of.map(inner), true)
    case 'not': {
      const value = inner(condition.of)
      return value === 'pending' ? value : !value
    }
    default: {
      const { leaves: asked, traits, hears, ranked, value } = compileCondition(condition, context)
      const isKnown = asked.length > 0 && asked.every(({ key }) => leaves.has(key)) && traits.length === 0 && !hears?.length && !ranked
      return isKnown ? value(nobody, now) : 'pending'
    }
  }
}

/** One that settles it does so whatever the others are. */
function among(parts: readonly Truth[], settles: boolean): Truth {
  if (parts.includes(settles)) return settles
  return parts.includes('pending') ? 'pending' : !settles
}
