import { journeySchema, segmentSchema, templateSchema, type Definition, type SegmentDefinition } from '@throughline/contracts'

type JourneyParts = { id?: string; entry?: object | undefined; start?: string; steps: object; [field: string]: unknown }

/** A journey `j` that Product Added starts, unless the parts say otherwise. */
export function journey(parts: JourneyParts): Definition {
  const steps = Object.keys(parts.steps)
  return journeySchema.parse({
    kind: 'journey',
    id: 'j',
    name: 'Recover carts',
    start: steps[0],
    entry: { on: { event: 'Product Added' } },
    ...parts,
  })
}

export function segment(id: string, where: SegmentDefinition['where']): Definition {
  return segmentSchema.parse({ kind: 'segment', id, name: id, where })
}

export const inboxTemplate: Definition = templateSchema.parse({
  kind: 'template',
  id: 'note',
  name: 'Note',
  channel: 'inbox',
  title: 'Hi',
  body: 'Hello',
})
export const emailTemplate: Definition = templateSchema.parse({
  kind: 'template',
  id: 'mail',
  name: 'Mail',
  channel: 'email',
  subject: 'Hi',
  html: '<p>Hello</p>',
})

export const did = (event: string, within?: string) =>
  ({ kind: 'event', event, times: { op: 'at-least', n: 1 }, ...(within !== undefined && { within }) }) as const
export const note = (next?: string) => ({ kind: 'message', channel: 'inbox', template: 'note', ...(next !== undefined && { next }) })
export const mail = (next?: string) => ({ kind: 'message', channel: 'email', template: 'mail', ...(next !== undefined && { next }) })
export const pause = (length: string, next?: string) => ({ kind: 'wait', for: length, ...(next !== undefined && { next }) })
