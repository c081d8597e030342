/** What people did of what they could have done, added up over people: `squares` of what each could, `shares` of did² / could. */
export interface SharesOfPeople {
  readonly people: number
  readonly sent: number
  readonly answered: number
  readonly squares: number
  readonly shares: number
}

/** Where too few people are known to tell how alike they are. */
const USUAL = 10
const LEAST_PEOPLE = 100
/** However different or alike people seem, a few messages of their own count, and do not count for all. */
const BOUNDS = [2, 100] as const

/**
 * How alike people are in the share of messages that they answer, as the strength α + β of a beta-binomial: everybody's share counts for one
 * of them like so many messages of their own. By moments, each person weighing as much as they got messages (Kleinman, “Proportions with
 * extraneous variance”, JASA 68, 1973), within 2 and 100; 10 where it cannot be told.
 */
export function strengthOf({ people, sent, answered, squares, shares }: SharesOfPeople): number {
  if (people < LEAST_PEOPLE || answered === 0 || answered === sent) return USUAL
  const p = answered / sent
  const spread = (shares - p * p * sent) / (p * (1 - p))
  const room = sent - squares / sent - (people - 1)
  // Of people with one message each nothing can be told.
  if (room <= 0) return USUAL
  const alike = (spread - (people - 1)) / room
  const [least, most] = BOUNDS
  return alike <= 0 ? most : Math.min(most, Math.max(least, 1 / alike - 1))
}
