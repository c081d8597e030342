const hour = 3_600_000

/** A zone whose clocks show noon, more or less, and always differ from UTC by as much: no day begins in it while a test runs. */
export function zoneAtNoon(now: number): { readonly zone: string; dayOf(at: number): string } {
  const ahead = 12 - new Date(now).getUTCHours()
  return {
    // The names of these zones have the sign that POSIX gives them: minus to the east.
    zone: ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`,
    dayOf: (at) => new Date(at + ahead * hour).toISOString().slice(0, 10),
  }
}
