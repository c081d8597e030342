/** What has happened since the shop opened. */
export interface DemoTally {
  readonly calls: number
  readonly orders: number
  readonly messages: number
  readonly opens: number
  readonly clicks: number
  readonly unsubscribes: number
}

/** The same while it is being counted. */
export type MutableTally = { -readonly [K in keyof DemoTally]: DemoTally[K] }

export function emptyTally(): MutableTally {
  return { calls: 0, orders: 0, messages: 0, opens: 0, clicks: 0, unsubscribes: 0 }
}
