import { holdOutName, usualGoal, type CampaignDefinition, type SendGroup, type SendResults } from '@throughline/contracts'
import {
  differenceInterval,
  meanDifference,
  meanInterval,
  rateInterval,
  verdictOf,
  verdictOfMeans,
  type Counted,
  type Interval,
} from '@throughline/engine'
import type { GroupCounts } from './counts.ts'
import { countedOf } from './judge.ts'

/** What may be said of the groups of a send. Pure. */
export function reportGroups(
  { number }: { readonly number: number },
  { id, goal = usualGoal, winner }: CampaignDefinition,
  { groups, mixed }: { readonly groups: readonly GroupCounts[]; readonly mixed: number },
  currency: string,
  learned: SendResults['learned'] = null,
): SendResults {
  const first = groups[0]!
  const baseline = groups.find(({ kind }) => kind === 'hold-out') ?? first
  return {
    campaign: id,
    number,
    by: winner?.by ?? null,
    goal,
    currency,
    first: first.name,
    baseline: baseline.kind === 'hold-out' ? holdOutName : baseline.name,
    mixed,
    learned,
    groups: groups.map((group) => {
      const isHeldOut = group.kind === 'hold-out'
      return {
        kind: group.kind,
        name: group.name,
        template: group.template,
        people: group.people,
        sent: group.sent,
        opened: isHeldOut ? null : rateOf(countedOf(group, 'opened'), group === first ? null : countedOf(first, 'opened')),
        clicked: isHeldOut ? null : rateOf(countedOf(group, 'clicked'), group === first ? null : countedOf(first, 'clicked')),
        goal: rateOf(countedOf(group, 'goal'), group === baseline ? null : countedOf(baseline, 'goal')),
        revenue: moneyOf(group, group === baseline ? null : baseline),
      }
    }),
  }
}

function rateOf(mine: Counted, theirs: Counted | null): SendGroup['goal'] {
  return {
    converted: mine.converted,
    rate: rateInterval(mine),
    difference: theirs === null ? null : differenceInterval(mine, theirs),
    verdict: theirs === null ? null : verdictOf(mine, theirs),
  }
}

function moneyOf(mine: GroupCounts, theirs: GroupCounts | null): SendGroup['revenue'] {
  return {
    total: mine.sum,
    perPerson: mine.people === 0 ? 0 : mine.sum / mine.people,
    mean: finite(meanInterval(mine)),
    difference: theirs === null ? null : finite(meanDifference(mine, theirs)),
    verdict: theirs === null ? null : verdictOfMeans(mine, theirs),
  }
}

/** JSON has no infinity: of nobody nothing is said, and the verdict says so. */
function finite({ low, high }: Interval): Interval {
  return { low: Number.isFinite(low) ? low : 0, high: Number.isFinite(high) ? high : 0 }
}
