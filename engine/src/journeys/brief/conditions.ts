import { startsOf, type Condition, type JourneyDefinition } from '@throughline/contracts'

/** Every condition that a journey asks, those within others too. */
export function conditionsOf(journey: JourneyDefinition): readonly Condition[] {
  const found: Condition[] = []
  for (const { if: condition } of startsOf(journey)) if (condition !== undefined) collect(condition, found)
  for (const step of Object.values(journey.steps)) {
    if (step.kind === 'branch') for (const path of step.paths) collect(path.if, found)
  }
  return found
}

function collect(condition: Condition, found: Condition[]): void {
  found.push(condition)
  switch (condition.kind) {
    case 'all':
    case 'any':
      for (const one of condition.of) collect(one, found)
      break
    case 'not':
      collect(condition.of, found)
      break
    default:
  }
}

/** The languages or countries to which a condition limits people, as a draft writes it or as the trait alone; `undefined`: it asks something else. */
export function saidValues(condition: Condition, field: 'language' | 'country'): readonly string[] | undefined {
  if (condition.kind === 'any') {
    const lists = condition.of.map((one) => saidValues(one, field))
    return lists.every((one) => one !== undefined && one.join() === lists[0]!.join()) ? lists[0] : undefined
  }
  const asks = (condition.kind === 'trait' && condition.trait === field) || (condition.kind === 'context' && condition.field === field)
  if (!asks) return undefined
  const { compare } = condition
  if (compare.op === 'is') return [String(compare.value)]
  return compare.op === 'one-of' ? compare.values.map(String) : undefined
}

/** What a start asks besides languages and countries. */
export function withoutSaid(condition: Condition | undefined): Condition | undefined {
  if (condition === undefined) return undefined
  const parts = condition.kind === 'all' ? condition.of : [condition]
  const rest = parts.filter((one) => saidValues(one, 'language') === undefined && saidValues(one, 'country') === undefined)
  if (rest.length === parts.length) return condition
  return rest.length > 1 ? { kind: 'all', of: rest } : rest[0]
}

/** The languages or countries for which a start is. */
export function limitOf(condition: Condition | undefined, field: 'language' | 'country'): readonly string[] {
  const parts = condition === undefined ? [] : condition.kind === 'all' ? condition.of : [condition]
  return parts.map((one) => saidValues(one, field)).find((values) => values !== undefined) ?? []
}
