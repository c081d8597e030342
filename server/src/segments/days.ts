const DAY = 86_400_000

/** The name of a day by its number since 1970: `2026-11-22`. */
export function nameOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}
