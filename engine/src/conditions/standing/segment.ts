import type { Condition, SegmentCondition } from '@throughline/contracts'
import type { ConditionBehaviour } from '../behaviour.ts'
import type { ConditionContext } from '../context.ts'

/**
 * In another segment: the condition of that segment stands here in its place, so that both change at the same instant, and
 * both hang on the same leaves. It is compiled once, in however many places it stands. A segment that is not there has nobody in it, nor has one that asks about itself, which no publication lets in.
 */
export const segmentCondition: ConditionBehaviour<SegmentCondition> = {
  compile: ({ segment }, { context, compile, shared }) => shared(segment, () => inside(segment, context, compile, nobodyIsIn)),
  toSql: ({ segment }, sql) => sql.shared(segment, () => `(${inside(segment, sql.context, sql.compile, () => '0')})`),
  describe: ({ segment }) => `is in the segment ${segment}`,
  exactness: () => 'Changes at the very instant at which the other segment does.',
  children: () => [],
}

const nobodyIsIn = () => ({ leaves: [], traits: [], timed: false, value: () => false, nextChangeAt: () => null })

/** Segments that are being looked into, one inside the other. */
const open: string[] = []

function inside<T>(segment: string, context: ConditionContext, look: (where: Condition) => T, otherwise: () => T): T {
  const found = context.find('segment', segment)
  if (found === undefined || open.includes(segment)) return otherwise()
  open.push(segment)
  try {
    return look(found.where)
  } finally {
    open.pop()
  }
}
