/** What a bench prints as its last line; `ratio` is value / reference, both measured in the same run. */
export interface BenchResult {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly reference: number
  readonly ratio: number
  readonly detail: { readonly [name: string]: unknown }
}

export function report(result: Omit<BenchResult, 'ratio'>): void {
  const round = (value: number): number => Math.round(value * 1_000) / 1_000
  const { bench, value, unit, reference, detail } = result
  console.log(
    JSON.stringify({
      bench,
      value: round(value),
      unit,
      reference: round(reference),
      ratio: round(value / reference),
      detail,
    } satisfies BenchResult),
  )
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
