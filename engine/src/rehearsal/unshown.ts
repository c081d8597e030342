import type { Effect } from '../effects.ts'

/** What a rehearsal or a test of one person does not show: nothing of it is written, and other moments tell of it. */
const unshown = [
  'unsend',
  'count',
  'entry-request',
  'segment',
  'list',
  'consent',
  'ask',
  'coupon',
] as const satisfies readonly Effect['kind'][]
const kinds: ReadonlySet<Effect['kind']> = new Set(unshown)
type Unshown = Extract<Effect, { readonly kind: (typeof unshown)[number] }>

export function isUnshown(effect: Effect): effect is Unshown {
  return kinds.has(effect.kind)
}
