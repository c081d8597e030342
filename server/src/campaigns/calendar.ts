import { startsOf, type CalendarEntry, type CampaignDefinition, type Definition, type JourneyDefinition } from '@throughline/contracts'
import { describeStart, nextOccasion } from '@throughline/engine'
import { loadLatest, readJourneyStates } from '../journeys/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { loadSendsWithin } from './store.ts'
import { isSeries, timeOf } from './times.ts'
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
 * time that nobody has sent yet, and audiences of live journeys.
 * @param zone of the shop, IANA name
 */
export async function readCalendar(db: Db, span: Span, zone: string): Promise<CalendarEntry[]> {
  const [stored, states, sends] = await Promise.all([loadLatest(db), readJourneyStates(db), loadSendsWithin(db, span)])
  const definitions = stored.map(({ definition }) => definition)
  const entries: CalendarEntry[] = []
  for (const one of definitions) {
    if (one.kind === 'journey' && (states.get(one.id)?.state ?? 'live') === 'live') entries.push(...audiencesOf(one, span, zone))
    if (one.kind !== 'campaign') continue
    const own = sends.filter(({ campaign }) => campaign === one.id)
    entries.push(
      ...own
        .filter(({ state, startsAt }) => state !== 'undone' && startsAt >= span.from && startsAt <= span.to)
        .map((send) => ({ ...entryOf(one, definitions), at: send.startsAt, number: send.number, state: send.state })),
    )
    if (one.archived !== true) entries.push(...plannedOf(one, definitions, own.findLast((send) => send.isSeries) ?? own.at(-1), span, zone))
  }
  return entries.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

function entryOf(campaign: CampaignDefinition, definitions: readonly Definition[]): Omit<CalendarEntry, 'at'> {
  return {
    kind: 'campaign',
    id: campaign.id,
    name: campaign.name,
    zone: 'zone' in campaign.when ? campaign.when.zone : 'shop',
    number: null,
    state: null,
    sentence: describeCampaign(campaign, definitions),
  }
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
  const found: CalendarEntry[] = []
  let from = Math.max(Date.now(), span.from, latest === undefined ? 0 : latest.startsAt + MINUTE)
  while (found.length < MOST) {
    const time = timeOf(when, from, zone)
    if (time === null || time.startsAt > span.to) break
    found.push({ ...entryOf(campaign, definitions), at: time.startsAt })
    if (!goesOn) break
    from = time.startsAt + MINUTE
  }
  return found
}

function audiencesOf(journey: JourneyDefinition, span: Span, zone: string): CalendarEntry[] {
  return startsOf(journey).flatMap((start) => {
    if (start.kind !== 'audience') return []
    const found: CalendarEntry[] = []
    for (let from = Math.max(Date.now(), span.from); found.length < MOST;) {
      const at = nextOccasion(start.when, zone, from)
      if (at === null || at > span.to) break
      const { id, name } = journey
      found.push({ kind: 'journey', id, name, at, zone: start.zone, number: null, state: null, sentence: describeStart(start) })
      from = at + MINUTE
    }
    return found
  })
}
