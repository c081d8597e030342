import { eventNames, type EventCondition, type PageCondition, type PropertyFilter, type ScreenCondition } from '@throughline/contracts'
import type { ConditionBehaviour } from './behaviour.ts'
import { describeFilters } from './filters.ts'
import { describeCount, eventCondition } from './event.ts'

/** A page was viewed so many times, any or of this name. */
export const pageCondition = viewCondition<PageCondition>(eventNames.pageViewed, 'page')

/** A screen of an app was viewed so many times, any or of this name. */
export const screenCondition = viewCondition<ScreenCondition>(eventNames.screenViewed, 'screen')

// The own name of a page or screen is a property of the event that all of them are.
function viewCondition<C extends PageCondition | ScreenCondition>(event: string, word: string): ConditionBehaviour<C> {
  const toEvent = ({ kind: _, name, where, ...rest }: C): EventCondition => ({
    kind: 'event',
    event,
    ...rest,
    where: [...nameFilters(name), ...(where ?? [])],
  })
  return {
    compile: (condition, compiler) => compiler.compile(toEvent(condition)),
    toSql: (condition, sql) => sql.compile(toEvent(condition)),
    describe(condition) {
      const filters = describeFilters(condition.where)
      const what = condition.name === undefined ? `any ${word}` : `the ${word} “${condition.name.replaceAll('*', '…')}”`
      return describeCount(condition, 'viewed', filters === '' ? what : `${what} where ${filters}`)
    },
    exactness: (condition) => eventCondition.exactness!(toEvent(condition)),
    children: () => [],
  }
}

/** The name of a page or screen, or a pattern of names, as filters of its event. */
export function nameFilters(name: string | undefined): readonly PropertyFilter[] {
  if (name === undefined || name === '*') return []
  const open = name.startsWith('*')
  const goesOn = name.endsWith('*')
  const value = name.slice(open ? 1 : 0, goesOn ? -1 : undefined)
  const op = open && goesOn ? 'contains' : open ? 'ends' : goesOn ? 'begins' : 'is'
  return [{ property: 'name', compare: { op, value } }]
}
