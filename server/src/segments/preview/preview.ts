import { type Condition, type Person, type RouteRequest, type SegmentPreview, type Settings } from '@throughline/contracts'
import { describeCondition, validateDefinitions, type ConditionContext, type ProfileState } from '@throughline/engine'
import { makeFigure } from '../../platform/figure/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import type { Asker } from '../ask.ts'
import { contextOf, isSegment, loadDefinitions } from '../definitions.ts'
import { SegmentError, unknownSegment } from '../errors.ts'
import { readCurrent, readDays } from '../rfm/index.ts'
import { nameOfDay } from '../days.ts'
import { readUpTo } from '../up-to.ts'
import { countAmong, scaleUp, type Counts, type Found, type Question } from './count.ts'
import { ENTRANT_DAYS, entrantsAmong } from './entrants.ts'
import { askReach, reachAmong } from './reach.ts'
import { everybody, SHARDS, shareOf, type Shards } from './shards.ts'

/** People shown. */
const SHOWN = 20
/** Of so many it is looked up one by one where they can be reached; of more, history is asked. */
const REACH_SAMPLE = 2_000
/** In a quick answer: a margin of four in a hundred at worst. */
const QUICK_REACH_SAMPLE = 500
/** A shop of so many is counted whole at once. */
const FEW = 20_000
/** A quick answer is begun with so many people of one shard, about, and looks at more while it is younger than this, ms. */
const QUICK_FIRST = 8_000
const QUICK_TIME = 100
/** So many people at most, about. */
const QUICK_MOST = 250_000

export interface PreviewDeps {
  readonly pool: Pool
  readonly ask: Asker
  readonly settings: () => Promise<Settings>
  findPeople(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
  findProfiles(ids: readonly string[]): Promise<ReadonlyMap<string, ProfileState>>
}

type Body = RouteRequest<'previewSegment'>['body']

/** Answers for a condition that is being edited. */
export function makePreview({ pool, ask, settings: loadSettings, findPeople, findProfiles }: PreviewDeps) {
  const countPeople = makeFigure(async () => {
    const { rows } = await pool.query<{ n: number }>('select count(*) as n from profiles where merged_into is null')
    return rows[0]!.n
  })

  return async function preview(body: Body, signal: AbortSignal): Promise<SegmentPreview> {
    const begun = performance.now()
    const wanted = new Set(body.parts)
    const [definitions, settings, people, merges, upTo, rfm] = await Promise.all([
      loadDefinitions(pool),
      loadSettings(),
      countPeople(),
      ask.hasMerges(),
      readUpTo(pool),
      readCurrent(pool),
    ])
    const segments = definitions.filter(isSegment).filter(({ id, archived }) => id !== body.id && archived === undefined)
    checkCondition(body, definitions)
    const others = wanted.has('overlap')
      ? body.overlap.map((id) => segments.find((one) => one.id === id) ?? refuse(unknownSegment(id, 'overlap')))
      : []
    const context = contextOf(definitions, settings, rfm?.thresholds ?? undefined)
    const options = { now: Date.now(), context, merges, tables: { byName: 'events_by_name' } }
    const conditions: [Condition, ...Condition[]] = [body.where, ...others.map(({ where }) => where)]
    const quick = body.quick && people > FEW
    const oneOf = Math.max(1, Math.round(people / SHARDS / QUICK_FIRST))
    const few: Shards = { from: 0, to: 0, oneOf }
    const sample = wanted.has('reach') ? (quick ? QUICK_REACH_SAMPLE : REACH_SAMPLE) : wanted.has('sample') ? SHOWN : 0
    const question: Question = { conditions, options, people, sample, signal }
    const asking = wanted.has('entrants') ? { where: body.where, options, contextAt: await pastContexts(), people, signal } : null

    // The days are asked for while people are counted; a quick answer draws from the first it looks at, while more are counted.
    const since = performance.now()
    const days = asking === null ? null : entrantsAmong(ask, asking, quick ? few : undefined)
    const first = await beside(days, countAmong(ask, question, quick ? few : everybody))
    const drawn = first.sample.slice(0, sample)
    const [counts, shown, reachOf, entrants] = await Promise.all([
      quick ? countMore(question, first, performance.now() - since, performance.now() - begun) : scaleUp([first], people),
      wanted.has('sample') ? findPeople(drawn.slice(0, SHOWN)) : null,
      !wanted.has('reach')
        ? null
        : // A condition asks who may get marketing; whom a service message reaches is asked for those drawn.
          quick || body.purpose === 'transactional' || first.sizes[0]! <= drawn.length
          ? findProfiles(drawn).then((profiles) => askReach(pool, profiles, settings, body.purpose))
          : reachAmong(ask, question, settings),
      days,
    ])
    const size = counts.sizes[0]!
    return {
      sentence: describeCondition(body.where),
      size,
      exact: counts.exact,
      margin: counts.margin,
      people,
      sample: shown && drawn.slice(0, SHOWN).flatMap((id) => shown.get(id) ?? []),
      reach: reachOf && reachOf(size, counts.margin),
      currency: settings.currency,
      entrants,
      overlap: wanted.has('overlap')
        ? others.map(({ id, name }, i) => ({ id, name, size: counts.sizes[i + 1]!, both: counts.both[i]!, margin: counts.margins[i]! }))
        : null,
      upTo,
      tookMs: Math.round(performance.now() - begun),
    }

    /** Counts in as many more shards as fit into the time, to a power of two in all so that mostly the same ones are looked at. */
    async function countMore(question: Question, first: Found, took: number, age: number): Promise<Counts> {
      let shards = 1
      const most = Math.min(SHARDS, Math.round(QUICK_MOST / Math.max(1, people * shareOf(few))))
      while (shards * 2 <= most && age + (shards * 2 - 1) * took < QUICK_TIME) shards *= 2
      const more = shards === 1 ? [] : [await countAmong(ask, { ...question, sample: 0 }, { from: 1, to: shards - 1, oneOf })]
      return scaleUp([first, ...more], people)
    }

    /** What conditions depended on at an instant of the last weeks: the thresholds of that day. */
    async function pastContexts(): Promise<(now: number) => ConditionContext> {
      const days = await readDays(pool, nameOfDay(context.calendar.dayOf(options.now) - ENTRANT_DAYS - 1))
      const known = days.map(({ moment, thresholds }) => ({ since: moment.asOf, context: contextOf(definitions, settings, thresholds!) }))
      const unranked = contextOf(definitions, settings)
      return (now) => (now === options.now ? context : (known.findLast(({ since }) => since <= now)?.context ?? unranked))
    }
  }
}

/** Refuses a condition that could not be published: one that names what is not there, or goes round in a circle. */
function checkCondition({ where, id }: Body, definitions: Parameters<typeof validateDefinitions>[1]): void {
  const edited = { kind: 'segment' as const, id: id ?? 'the-segment-being-edited', name: 'Preview', where }
  const rest = definitions.filter((one) => !(one.kind === 'segment' && one.id === edited.id))
  const [problem] = validateDefinitions([edited], rest)
  if (problem === undefined) return
  const { field, value, allowed, message } = problem
  throw new SegmentError('bad-input', 'segment_condition_invalid', message, { field, value, allowed })
}

/** The answer to a question; when it fails, so may unheard what was begun beside it. */
function beside<T>(other: Promise<unknown> | null, question: Promise<T>): Promise<T> {
  other?.catch(() => undefined)
  return question
}

function refuse(error: SegmentError): never {
  throw error
}
