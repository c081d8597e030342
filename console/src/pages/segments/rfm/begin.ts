import { rfmGroups } from '@throughline/contracts'
import type { RfmGroup } from '@throughline/contracts'
import type { SegmentTemplate } from '../templates/templates.ts'

const uses: Record<RfmGroup, string> = {
  champions: 'Thank them: early access, a word to friends.',
  loyal: 'Offer what goes with what they have.',
  'potential-loyalists': 'Invite them to a club; show what others come back for.',
  'new-customers': 'Help with the first order; a second one makes a customer.',
  promising: 'Remind them of you while they remember.',
  'need-attention': 'A reason to come back, for a short time.',
  'about-to-sleep': 'Show what is new and loved.',
  'at-risk': 'Ask what is wrong before they are gone.',
  'cannot-lose': 'Write to them yourself: they were your best.',
  hibernating: 'One good offer, then save the postage.',
}

export function nameOfGroup(group: RfmGroup | null): string {
  return rfmGroups.find(({ id }) => id === group)?.name ?? 'No orders'
}

/** Where the builder begins for a group, or a cell of the grid: `rfm-champions`, `rfm-54` (recency 5, frequency 4). */
export function beginOf(group: RfmGroup): string
export function beginOf(recency: number, frequency: number): string
export function beginOf(...what: [RfmGroup] | [number, number]): string {
  return `rfm-${what.join('')}`
}

/** The beginning that {@link beginOf} names; `undefined` for any other name. */
export function readBegin(from: string): SegmentTemplate | undefined {
  const cell = /^rfm-([1-5])([1-5])$/.exec(from)
  if (cell !== null) {
    const [recency, frequency] = [Number(cell[1]), Number(cell[2])]
    const use = 'A cell of the grid of recency and frequency.'
    return {
      id: from,
      name: `Recency ${recency}, frequency ${frequency}`,
      use,
      where: { kind: 'rfm', recency: [recency], frequency: [frequency] },
    }
  }
  const group = rfmGroups.find(({ id }) => from === beginOf(id))
  return group && { id: from, name: group.name, use: uses[group.id], where: { kind: 'rfm', groups: [group.id] } }
}
