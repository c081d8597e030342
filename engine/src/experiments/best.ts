/** What came of a variant: so many could answer, so many did. Parts of one are fine: what is old may count for less. */
export interface Tried {
  readonly people: number
  readonly answered: number
}

/** The grid reaches so many standard deviations to both sides, in so many steps for each variant. */
const REACH = 20
const STEPS = 200

/**
 * How likely each variant is the one with the highest rate, given what came of them: the chance that a draw from its Beta(1 + answered, 1 + not answered)
 * is above those of all others. Shown to people in these shares, variants are allotted as Thompson sampling does it on average (Thompson, “On the
 * likelihood that one unknown probability exceeds another in view of the evidence of two samples”, Biometrika 25 (1933) 285–294; Chapelle and Li, “An
 * empirical evaluation of Thompson sampling”, NIPS 2011; by these chances themselves: Scott, “A modern Bayesian look at the multi-armed bandit”, 2010).
 * By Simpson’s rule on one grid for all, so that the same figures always give the same shares.
 * @returns chances from 0 to 1 in the order of the variants, which add up to 1
 */
export function chancesOfBest(tried: readonly Tried[]): readonly number[] {
  const points = pointsOf(tried)
  const curves = tried.map((one) => {
    const heights = points.map(densityOf(one))
    const mass = cellsOf(points, heights).reduce((sum, { whole }) => sum + whole, 0)
    return cellsOf(
      points,
      heights.map((height) => height / mass),
    )
  })
  const sums = tried.map(() => 0)
  let below = tried.map(() => 0)
  for (const cell of curves[0]?.keys() ?? []) {
    const here = curves.map((curve) => curve[cell]!)
    const halfway = below.map((sum, i) => sum + here[i]!.half)
    const above = below.map((sum, i) => sum + here[i]!.whole)
    for (const [i, { width, from, middle, to }] of here.entries())
      sums[i]! += (width / 6) * (from * others(below, i) + 4 * middle * others(halfway, i) + to * others(above, i))
    below = above
  }
  const total = sums.reduce((sum, one) => sum + one, 0)
  return sums.map((one) => Math.max(0, one) / total)
}

/** How likely all but one are below a point. */
function others(below: readonly number[], not: number): number {
  return below.reduce((product, chance, i) => (i === not ? product : product * chance), 1)
}

/**
 * The shares in which variants go out: each keeps a floor, and what is left goes by how likely each is the best.
 * @param floor per cent; all floors together are less than 100
 * @returns parts of 1, in the order of the chances
 */
export function sharesOf(chances: readonly number[], floor: number): readonly number[] {
  const kept = floor / 100
  return chances.map((chance) => kept + (1 - kept * chances.length) * chance)
}

/** Points from 0 to 1, close wherever one of the variants may lie, and between each two their middle. */
function pointsOf(tried: readonly Tried[]): readonly number[] {
  const ends = tried.flatMap(({ people, answered }) => {
    const mean = (answered + 1) / (people + 2)
    const reach = REACH * Math.sqrt((mean * (1 - mean)) / (people + 3))
    const [from, to] = [Math.max(0, mean - reach), Math.min(1, mean + reach)]
    return Array.from({ length: STEPS + 1 }, (_, step) => from + ((to - from) * step) / STEPS)
  })
  const sorted = [...new Set([0, ...ends, 1])].toSorted((a, b) => a - b)
  return sorted.flatMap((point, index) => (index === 0 ? [point] : [(sorted[index - 1]! + point) / 2, point]))
}

/** The density of Beta(1 + answered, 1 + not answered), as a share of its highest: without the factor that makes it add up to 1. */
function densityOf({ people, answered }: Tried): (x: number) => number {
  const missed = people - answered
  const log = (x: number): number => (answered === 0 ? 0 : answered * Math.log(x)) + (missed === 0 ? 0 : missed * Math.log1p(-x))
  const most = people === 0 ? 0 : log(answered / people)
  return (x) => Math.exp(log(x) - most)
}

/** A density between two ends of the grid: its heights, and what lies under it, all of it and up to the middle (of the parabola through the three). */
function cellsOf(points: readonly number[], heights: readonly number[]) {
  return Array.from({ length: (points.length - 1) / 2 }, (_, cell) => {
    const at = 2 * cell
    const width = points[at + 2]! - points[at]!
    const [from, middle, to] = [heights[at]!, heights[at + 1]!, heights[at + 2]!]
    return {
      width,
      from,
      middle,
      to,
      whole: (width / 6) * (from + 4 * middle + to),
      half: (width / 24) * (5 * from + 8 * middle - to),
    }
  })
}
