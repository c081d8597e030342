import type { CampaignWinner } from '@throughline/contracts'
import { verdictOf, verdictOfMeans, type Verdict } from '@throughline/engine'
import type { GroupCounts } from './counts.ts'

/** What was decided, and why; a winner of null: a person has to choose. */
export interface Judgement {
  readonly winner: string | null
  readonly words: string
}

/**
 * Which variant has won. One has won that is shown to be better than each of the others; else it goes as the campaign says. Pure.
 * @param groups one for each variant of the test, in their order
 * @param money says a sum of minor units
 */
export function judge(groups: readonly GroupCounts[], { by, otherwise }: CampaignWinner, money: (minor: number) => string): Judgement {
  const ahead = groups.reduce((best, one) => (scoreOf(one, by) > scoreOf(best, by) ? one : best))
  const others = groups.filter((one) => one !== ahead)
  const verdicts = others.map((one) => compare(ahead, one, by))
  const figures = (list: readonly GroupCounts[]): string => list.map((one) => figureOf(one, by, money)).join(', ')
  if (verdicts.every((verdict) => verdict === 'better'))
    return { winner: ahead.name, words: `“${ahead.name}” has won and goes to the rest: ${figures([ahead, ...others])}.` }
  const why = verdicts.includes('too-few') ? 'too few to say' : 'no difference shown'
  const head = `No variant has won: ${figures(groups)}: ${why}.`
  switch (otherwise) {
    case 'first':
      return { winner: groups[0]!.name, words: `${head} “${groups[0]!.name}”, the first, goes to the rest, as the campaign says.` }
    case 'ahead':
      return { winner: ahead.name, words: `${head} “${ahead.name}”, which is ahead, goes to the rest, as the campaign says.` }
    case 'ask':
      return { winner: null, words: `${head} Choose what the rest gets; until then it gets nothing.` }
    default:
      return otherwise satisfies never
  }
}

function scoreOf(group: GroupCounts, by: CampaignWinner['by']): number {
  if (by === 'revenue') return group.people === 0 ? 0 : group.sum / group.people
  const { people, converted } = countedOf(group, by)
  return people === 0 ? 0 : converted / people
}

function compare(one: GroupCounts, other: GroupCounts, by: CampaignWinner['by']): Verdict {
  return by === 'revenue' ? verdictOfMeans(one, other) : verdictOf(countedOf(one, by), countedOf(other, by))
}

/** Opens and clicks are of those it was sent to, the goal of all who were given the variant. */
export function countedOf(group: GroupCounts, by: Exclude<CampaignWinner['by'], 'revenue'>) {
  return by === 'goal' ? { people: group.people, converted: group.converted } : { people: group.sent, converted: group[by] }
}

const done = { opened: 'opened', clicked: 'clicked', goal: 'reached the goal' } as const

function figureOf(group: GroupCounts, by: CampaignWinner['by'], money: (minor: number) => string): string {
  if (by === 'revenue') return `“${group.name}” ${money(group.people === 0 ? 0 : group.sum / group.people)} a person of ${group.people}`
  const { people, converted } = countedOf(group, by)
  return `“${group.name}” ${converted} of ${people} ${done[by]}`
}
