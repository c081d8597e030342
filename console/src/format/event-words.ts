import { timelineKindOf, timelineKinds, valueAt } from '@throughline/contracts'
import type { Json, JsonObject, TimelineEntry, TimelineKind } from '@throughline/contracts'
import type { Format } from './format.ts'

/** What an entry of a timeline is about; the filter of the timeline and the colour of its mark. */
export const entryKinds = timelineKinds
export type EntryKind = TimelineKind

/** How the kinds are called in filters. */
export const entryKindNames: Record<EntryKind, string> = {
  visit: 'Visits',
  action: 'Actions',
  message: 'Messages',
  flow: 'Journeys, segments & lists',
  identity: 'Identity & consent',
}

type Told = Pick<TimelineEntry, 'type' | 'name' | 'properties'>

export function entryKind(entry: Told): EntryKind {
  const named = entryKinds.find((kind) => timelineKindOf[kind].names.includes(entry.name))
  return named ?? entryKinds.find((kind) => timelineKindOf[kind].types.includes(entry.type)) ?? 'action'
}

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined

function firstText(properties: JsonObject, paths: readonly string[]): string | undefined {
  return paths.map((path) => text(valueAt(properties, path))).find((value) => value !== undefined)
}

function amount(properties: JsonObject, format: Format): string | undefined {
  const value = ['revenue', 'total', 'value', 'price'].map((name) => properties[name]).find((one) => typeof one === 'number')
  if (typeof value !== 'number') return undefined
  return format.money(value, text(properties['currency']))
}

function products(properties: JsonObject): string | undefined {
  const list = properties['products']
  if (!Array.isArray(list) || list.length === 0) return undefined
  const first = list[0] as Json
  const name = first !== null && typeof first === 'object' && !Array.isArray(first) ? text((first as JsonObject)['name']) : undefined
  if (name === undefined) return `${list.length} products`
  return list.length === 1 ? name : `${name} and ${list.length - 1} more`
}

/** The few words beside an event's name that say what it was about; empty when there are none. */
export function entryWords(entry: Told, format: Format): string {
  const { properties } = entry
  switch (entryKind(entry)) {
    case 'visit':
      return firstText(properties, ['title', 'path', 'url', 'name']) ?? ''
    case 'action':
      return [
        products(properties) ?? firstText(properties, ['name', 'title', 'product_name', 'query', 'order_id']),
        amount(properties, format),
      ]
        .filter((part) => part !== undefined)
        .join(' · ')
    case 'message':
      return [firstText(properties, ['channel']), firstText(properties, ['template']), firstText(properties, ['url', 'reason'])]
        .filter((part) => part !== undefined)
        .join(' · ')
    case 'flow':
      return [
        firstText(properties, ['title', 'journey_name', 'list_name', 'list', 'journey', 'segment_name', 'segment']),
        firstText(properties, ['reason']),
      ]
        .filter((part) => part !== undefined)
        .join(' · ')
    case 'identity': {
      const said =
        firstText(properties, ['channel']) === undefined
          ? undefined
          : [firstText(properties, ['channel']), firstText(properties, ['state', 'address']), firstText(properties, ['reason'])]
              .filter((part) => part !== undefined)
              .join(' ')
      const names = Object.keys(properties)
      return said ?? (names.length === 0 ? '' : names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : ''))
    }
  }
}

/** The message an entry belongs to, if it is an outcome of one. */
export function messageOf(entry: Pick<TimelineEntry, 'properties'>): string | undefined {
  return text(entry.properties['message_id'])
}
