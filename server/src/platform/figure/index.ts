const leastPatienceMs = 50
const mostPatienceMs = 1_000

/**
 * A figure that is dear to compute and read often. It is taken again when it is older than a hundred times what taking it
 * cost, and at least `leastMs`: cheap figures are as good as live, dear ones use about a hundredth of one core. Whoever
 * asks while it is being taken again gets the one before, after waiting for the new one at most as long as the old one has been too old, and no
 * longer than a second: what nobody has asked for in hours is not told as if it were of now. The first ask waits. A failure is thrown to whoever waits
 * for a first figure, and otherwise leaves the figure as it was.
 */
export function makeFigure<T>(take: () => Promise<T>, leastMs = 500, now: () => number = Date.now): () => Promise<T> {
  let figure: { value: T; goodUntil: number } | undefined
  let taking: Promise<T> | undefined
  const retake = async (): Promise<T> => {
    const begun = now()
    try {
      const value = await take()
      figure = { value, goodUntil: now() + Math.max(leastMs, 100 * (now() - begun)) }
      return value
    } finally {
      taking = undefined
    }
  }
  return async () => {
    if (figure !== undefined && now() < figure.goodUntil) return figure.value
    taking ??= retake()
    if (figure === undefined) return taking
    taking.catch(() => undefined)
    // What is cheap is worth a short wait, so that a reload shows what just happened.
    const stale = figure.value
    const patience = Math.min(mostPatienceMs, Math.max(leastPatienceMs, now() - figure.goodUntil))
    return Promise.race([taking.catch(() => stale), new Promise<T>((resolve) => setTimeout(() => resolve(stale), patience).unref())])
  }
}
