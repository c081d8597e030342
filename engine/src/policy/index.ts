/**
 * Policy: what stands between wanting to say something and saying it.
 *
 * rule: a named question asked of every message, in a fixed order · answer: allow, delay until an instant, or refuse ·
 * address: where a channel reaches a person · reason: the sentence that is stored with the message and shown.
 */
import { alone } from './rules/alone.ts'
import { consent } from './rules/consent.ts'
import { frequencyCap } from './rules/frequency-cap.ts'
import { journeyCap } from './rules/journey-cap.ts'
import { quietHours } from './rules/quiet-hours.ts'
import { reachability } from './rules/reachability.ts'
import { suppression } from './rules/suppression.ts'
import type { Question, Rule } from './rule.ts'

export { addressFor, addressTraits, channelsReachedBy, postalParts, toE164 } from './addresses.ts'
export { isAgreed, isBlocked } from './reach.ts'
export type { Above, Question } from './rule.ts'

const rules: readonly Rule[] = [consent, suppression, reachability, alone, frequencyCap, journeyCap, quietHours]

/** The names of the rules in the order in which they are asked. */
export const ruleNames: readonly string[] = rules.map(({ name }) => name)

export type Verdict =
  | { readonly kind: 'send' }
  | { readonly kind: 'delay'; readonly until: number; readonly rule: string; readonly reason: string; readonly orOver?: true }
  | { readonly kind: 'hold'; readonly rule: string; readonly reason: string }

/**
 * Asks the rules in order. The first refusal holds the message back; otherwise it waits until the last of the delays is over,
 * when all rules are asked again. `reason` is a whole sentence: `Held back: withdrew e-mail consent on 3 May (preference centre)`.
 */
export function decide(question: Question): Verdict {
  let verdict: Verdict = { kind: 'send' }
  for (const { name, answer } of rules) {
    const said = answer(question)
    if (said.kind === 'refuse') return { kind: 'hold', rule: name, reason: `Held back: ${said.reason}` }
    if (said.kind === 'delay' && said.until > question.now && (verdict.kind !== 'delay' || said.until > verdict.until)) {
      verdict = {
        kind: 'delay',
        until: said.until,
        rule: name,
        reason: `Held ${said.reason}`,
        ...(said.orOver === true && { orOver: true }),
      }
    }
  }
  return verdict
}
