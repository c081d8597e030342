/** A series would overtake itself. */
const mostBefore: { readonly [kind: string]: string } = { daily: '20 hours', weekly: '6 days', monthly: '27 days' }

/** How long a send may take that goes out like this, until its last part begins. */
export function longestIn(kind: string): string {
  return mostBefore[kind] ?? '30 days'
}
