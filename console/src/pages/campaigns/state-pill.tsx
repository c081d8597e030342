import type { SendState } from '@throughline/contracts'
import { sendStateNames, sendStateTones } from '../../format/campaign-words.ts'
import { Pill } from '../../ui/pill.tsx'

/** How a campaign stands, in a word: as its latest send does. */
export function StatePill({ state, archived = false }: { readonly state: SendState | null; readonly archived?: boolean }) {
  if (archived) return <Pill tone="plain">Archived</Pill>
  return state === null ? <Pill tone="info">Not sent yet</Pill> : <Pill tone={sendStateTones[state]}>{sendStateNames[state]}</Pill>
}
