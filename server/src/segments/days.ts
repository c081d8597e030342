const DAY = 86_400_000

/** The name of a day by its number since 1970: `2026-11-22`. */
export function nameOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

/** The number since 1970 of a day such as `2026-05-01`. */
export function numberOfDay(name: string): number {
  return Date.parse(name) / DAY
}
