/** Thrown to a group whose turn cannot come while it holds its locks: the group before it begins again, and may need them. */
export class TurnLost extends Error {}

/**
 * The place of a group in the order in which groups commit. Groups are prepared side by side, and what they append has
 * the order in which they were taken.
 */
export interface Turn {
  /** Resolves when all groups before have ended. @throws TurnLost when the caller has to undo its group first and wait once more */
  wait(): Promise<void>
  /** Resolves when all groups before have ended, for a caller that holds no locks. */
  waitWithoutLocks(): Promise<void>
  /** Is called before a group begins again. */
  beginAgain(): void
  end(): void
}

interface Before {
  readonly ended: Promise<void>
  /** Resolves when this group began again, or when it ended. */
  readonly unsettled: Promise<void>
  isEnded: boolean
}

/** Hands out turns, one after the other. */
export function makeTurns(): { next(): Turn } {
  let last: Before = { ended: Promise.resolve(), unsettled: Promise.resolve(), isEnded: true }
  return {
    next() {
      const before = last
      const [ended, end] = makeSignal()
      const [unsettled, unsettle] = makeSignal()
      const own: Before = { ended: Promise.all([before.ended, ended]).then(() => undefined), unsettled, isEnded: false }
      last = own
      void own.ended.then(() => {
        own.isEnded = true
        unsettle()
      })
      return {
        async wait() {
          if (before.isEnded) return
          await before.unsettled
          if (!before.isEnded) throw new TurnLost('the group before begins again')
        },
        waitWithoutLocks: () => before.ended,
        beginAgain: unsettle,
        end,
      }
    },
  }
}

function makeSignal(): [Promise<void>, () => void] {
  let give: () => void = () => undefined
  const promise = new Promise<void>((resolve) => (give = resolve))
  return [promise, give]
}
