import {
  startsOf,
  type CalendarEntry,
  type CampaignDefinition,
  type CampaignWhen,
  type Definition,
  type JourneyDefinition,
  type JourneyEntryOf,
} from '@throughline/contracts'
import { describeStart, nextOccasion } from '@throughline/engine'
import { loadLatest, readJourneyStates } from '../journeys/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { loadSendsWithin } from './store.ts'
import { isSeries, timeOf, type SendTime } from './times.ts'
import { describeCampaign } from './words.ts'

/** How often one campaign or entry is shown in one span, at most. */
const MOST = 120
const MINUTE = 60_000

interface Span {
  /** Epoch ms, both included. */
  readonly from: number
  readonly to: number
}

/**
 * Everything planned or sent in a span of time, the earliest first: sends of campaigns, those that a series will order, campaigns with a
 * time that nobody has sent yet, and of live journeys their audiences, and when they open and close.
 * @param zone of the shop, IANA name
 */
export async function readCalendar(db: Db, span: Span, zone: string): Promise<CalendarEntry[]> {
  const [stored, states, sends] = await Promise.all([loadLatest(db), readJourneyStates(db), loadSendsWithin(db, span)])
  const definitions = stored.map(({ definition }) => definition)
  const entries: CalendarEntry[] = []
  for (const one of definitions) {
    if (one.kind === 'journey' && (states.get(one.id)?.state ?? 'live') === 'live')
      entries.push(...audiencesOf(one, span, zone), ...boundsOf(one, span, zone))
    if (one.kind !== 'campaign') continue
    const own = sends.filter(({ campaign }) => campaign === one.id)
    entries.push(
      ...own
        .filter(({ state, startsAt }) => state !== 'undone' && startsAt >= span.from && startsAt <= span.to)
        .map(({ startsAt, slot, number, state }) => ({
          ...entryOf(one, definitions),
          what: 'send' as const,
          at: startsAt,
          zone: slot === null ? ('shop' as const) : ('person' as const),
          slot,
          number,
          state,
        })),
    )
    if (one.archived !== true) entries.push(...plannedOf(one, definitions, own.findLast((send) => send.isSeries) ?? own.at(-1), span, zone))
  }
  return entries.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

function entryOf(campaign: CampaignDefinition, definitions: readonly Definition[]) {
  const { id, name } = campaign
  return { kind: 'campaign' as const, id, name, number: null, state: null, sentence: describeCampaign(campaign, definitions) }
}

/** A time as an entry tells it. */
function toldOf({ startsAt, slot }: SendTime): Pick<CalendarEntry, 'at' | 'zone' | 'slot'> {
  return { at: startsAt, zone: slot === null ? 'shop' : 'person', slot }
}

/** What is to come and was not ordered: behind the scheduled send of a series, or the time of a campaign that was never sent. */
function plannedOf(
  campaign: CampaignDefinition,
  definitions: readonly Definition[],
  latest: { readonly startsAt: number; readonly endedAt: number | null } | undefined,
  span: Span,
  zone: string,
): CalendarEntry[] {
  const { when } = campaign
  const goesOn = isSeries(when) && latest !== undefined && latest.endedAt === null
  if (!goesOn && !(when.kind === 'once' && latest === undefined)) return []
  const from = Math.max(Date.now(), span.from, latest === undefined ? 0 : latest.startsAt + MINUTE)
  const what = goesOn ? 'repeat' : 'plan'
  return timesIn(when, from, span.to, zone).map((time) => ({ ...entryOf(campaign, definitions), what, ...toldOf(time) }))
}

/** When audiences come into a journey: not before it opens, nor from when it closes. */
function audiencesOf(journey: JourneyDefinition, span: Span, zone: string): CalendarEntry[] {
  const { id, name } = journey
  const from = Math.max(Date.now(), span.from, boundOf(journey.opens, zone) ?? 0)
  const to = Math.min(span.to, (boundOf(journey.closes, zone) ?? Infinity) - 1)
  return startsOf(journey).flatMap((start) => {
    const when = start.kind === 'audience' ? whenOf(start) : null
    return when === null
      ? []
      : timesIn(when, from, to, zone).map((time) => ({
          kind: 'journey' as const,
          id,
          name,
          what: 'audience' as const,
          ...toldOf(time),
          number: null,
          state: null,
          sentence: describeStart(start),
        }))
  })
}

/** When a journey opens and closes. */
function boundsOf({ id, name, opens, closes }: JourneyDefinition, { from, to }: Span, zone: string): CalendarEntry[] {
  return (
    [
      ['opens', opens, 'from then on people enter'],
      ['closes', closes, 'from then on nobody enters any more'],
    ] as const
  ).flatMap(([what, text, sentence]) => {
    const at = boundOf(text, zone)
    if (at === null || at < from || at > to) return []
    return [{ kind: 'journey' as const, id, name, what, at, zone: 'shop' as const, slot: null, number: null, state: null, sentence }]
  })
}

/** The instant that a date means by the shop's clocks, epoch ms; null: none is said. */
function boundOf(text: string | undefined, zone: string): number | null {
  return text === undefined ? null : nextOccasion({ kind: 'once', at: text }, zone, 0)
}

/** When an audience comes in, as campaigns say it; null: as soon as the journey is published. */
function whenOf({ when, zone }: JourneyEntryOf<'audience'>): CampaignWhen | null {
  if (when.kind !== 'once') return { ...when, zone }
  return when.at === undefined ? null : { kind: 'once', at: when.at, zone }
}

function timesIn(when: CampaignWhen, begin: number, to: number, zone: string): SendTime[] {
  const found: SendTime[] = []
  for (let from = begin; found.length < MOST;) {
    const time = timeOf(when, from, zone)
    if (time === null || time.startsAt > to) break
    found.push(time)
    if (!isSeries(when)) break
    from = time.startsAt + MINUTE
  }
  return found
}
