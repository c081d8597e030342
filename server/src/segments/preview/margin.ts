/** Half the width of the interval in which a count of everybody lies in 19 cases of 20, counted among `looked` of `people` (normal approximation with finite population). */
export function marginOf(found: number, looked: number, people: number): number {
  if (looked === 0 || looked >= people) return 0
  const p = Math.min(1, Math.max(found, 1) / looked)
  return Math.ceil(1.96 * people * Math.sqrt(((p * (1 - p)) / looked) * (1 - looked / people)))
}

/** The same for how often something happened to everybody, found so often among a `share` of them (Poisson). */
export function marginOfRate(found: number, share: number): number {
  return share >= 1 ? 0 : Math.ceil((1.96 * Math.sqrt(Math.max(found, 1) * (1 - share))) / share)
}
