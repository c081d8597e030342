import type { LeafCondition } from '../builder/tree.ts'
import type { Choice, ConditionEditor } from './editor.ts'
import { computedEditor } from './computed.tsx'
import { consentEditor } from './consent.tsx'
import { eventEditor } from './event.tsx'
import { eventTimeEditor } from './event-time.tsx'
import { inJourneyEditor } from './in-journey.tsx'
import { inListEditor } from './in-list.tsx'
import { inSegmentEditor } from './in-segment.tsx'
import { measureEditor } from './measure.tsx'
import { messageEditor } from './message.tsx'
import { nearEditor } from './near.tsx'
import { plainEditor } from './plain.tsx'
import { randomEditor } from './random.tsx'
import { sequenceEditor } from './sequence.tsx'
import { reachableEditor } from './reachable.tsx'
import { techniqueEditor } from './technique.tsx'
import { rfmEditor } from './rfm.tsx'
import { traitEditor } from './trait.tsx'
import { pageEditor, screenEditor } from './view.tsx'

type Kind = LeafCondition['kind']
type Of<K extends Kind> = Extract<LeafCondition, { kind: K }>

/** A kind that is not here is edited as text; a new one is a file beside this one, and a line. */
const editors: { readonly [K in Kind]?: ConditionEditor<Of<K>> } = {
  event: eventEditor,
  'event-time': eventTimeEditor,
  sequence: sequenceEditor,
  measure: measureEditor,
  computed: computedEditor,
  rfm: rfmEditor,
  page: pageEditor,
  screen: screenEditor,
  message: messageEditor,
  trait: traitEditor,
  segment: inSegmentEditor,
  list: inListEditor,
  journey: inJourneyEditor,
  consent: consentEditor,
  random: randomEditor,
  reachable: reachableEditor,
  context: techniqueEditor,
  near: nearEditor,
}

/** The editor of a condition, by its kind. */
export function editorOf(condition: LeafCondition): ConditionEditor<LeafCondition> {
  // The registry pairs every kind with the editor of that kind; TypeScript cannot follow the pairing through a union.
  return (editors[condition.kind] ?? plainEditor) as ConditionEditor<LeafCondition>
}

/** Everything that can be chosen. */
export const choices: readonly Choice[] = Object.values(editors).flatMap((editor) => editor.choices)
