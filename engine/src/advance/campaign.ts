import { eventNames, holdOutName, type JsonObject } from '@throughline/contracts'
import { versionKey } from '../definitions/index.ts'
import { stableId } from '../hash.ts'
import { journeyOfCampaign, type CompiledCampaign, type Turn } from '../journeys/index.ts'
import type { Advance, AdvanceContext } from '../ports.ts'
import type { ProfileState, Run } from '../profile.ts'
import { finish, hearFacts } from './advance.ts'
import { addFact, openDraft, type Draft } from './draft.ts'
import { LATE_MS } from './entering.ts'
import { end } from './leaving.ts'
import { byTime, catchUpWithTime } from './memberships.ts'
import { arrive } from './runs.ts'

/** One send of a campaign, as it comes to people. */
export interface SendCall extends Turn {
  readonly campaign: string
  readonly version: number
  readonly send: string
  /** What everybody's own clocks are to show, as ms since 1 January 1970 there; null: now, for all. */
  readonly slot: number | null
  /** What templates see as the event. */
  readonly properties: JsonObject
}

/**
 * What a send means for somebody: not in its audience, or in the part of it that has its turn at another time · in an excluded segment · they
 * had it already, as somebody who was merged into them · their clocks have shown its time · held out, to compare with · policy held it back · it
 * is on its way · it waits for their clocks, or because policy says so.
 */
export type SendOutcome = 'outside' | 'excluded' | 'repeated' | 'late' | 'held-out' | 'held' | 'sent' | 'waits'

/**
 * The turn of one person when a campaign goes through everybody.
 * @throws Error when this version is not among the definitions
 */
export function enterCampaign(profile: ProfileState, call: SendCall, ctx: AdvanceContext): Advance & { readonly outcome: SendOutcome } {
  const draft = openDraft(profile, ctx, `campaign:${call.send}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  const outcome = take(draft, call)
  hearFacts(draft)
  return { ...finish(draft, byTime), outcome }
}

/** Whether somebody is whom a send is for, when it is over before their turn came: nothing happens to them. */
export function isInCampaign(profile: ProfileState, call: SendCall, ctx: AdvanceContext): boolean {
  const draft = openDraft(profile, ctx, `campaign:${call.send}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  // Nothing is written down about who had this turn, and so everybody is counted with the part that the draw says.
  return isMeant(draft, find(draft, call), call, false)
}

function isMeant(draft: Draft, { segment, draw }: CompiledCampaign, call: SendCall, isNew: boolean): boolean {
  const isIn = segment === null || draft.segments.keys.includes(segment)
  return isIn && draw.of(draft.id, call.send, call, isNew).kind !== 'other-part'
}

/** Ends what waits in somebody of a send that was cancelled. */
export function leaveCampaign(profile: ProfileState, send: string, ctx: AdvanceContext): Advance & { readonly left: number } {
  const draft = openDraft(profile, ctx, `campaign-over:${send}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  const waiting = draft.runs.filter((run) => run.send === send)
  for (const run of waiting) {
    const journey = draft.definitions.journeys.get(versionKey(run.journey, run.version))
    if (journey !== undefined) end(draft, journey, run, draft.clock, 'exit', 'the campaign was cancelled', byTime)
  }
  return { ...finish(draft, byTime), left: waiting.length }
}

function find(draft: Draft, { campaign, version }: SendCall): CompiledCampaign {
  const found = draft.definitions.campaigns.get(versionKey(campaign, version))
  if (found === undefined) throw new Error(`The campaign ${campaign} has no version ${version} among the definitions`)
  return found
}

function take(draft: Draft, call: SendCall): SendOutcome {
  const campaign = find(draft, call)
  const key = journeyOfCampaign(call.campaign)
  const before = draft.entries[key]
  const isNew = before?.send !== call.send && before?.turn !== call.send
  if (!isMeant(draft, campaign, call, isNew)) return 'outside'
  const { journey, except, draw } = campaign
  const nothing = (outcome: SendOutcome): SendOutcome => {
    // Where others have their turn later, it has to be known who had it now.
    if (call.part === 'test' || call.band !== null)
      draft.entries = { ...draft.entries, [key]: { ...(before ?? { count: 0, lastAt: draft.clock }), turn: call.send } }
    return outcome
  }
  if (except.some((id) => draft.segments.keys.includes(id))) return nothing('excluded')
  if (before?.send === call.send) return 'repeated'
  const until = call.slot === null ? null : (journey.entries[0]?.audience?.instantOf?.(draft, call.slot) ?? null)
  if (until !== null && until < draft.now - LATE_MS) return nothing('late')
  const at = draft.clock
  const drawn = draw.of(draft.id, call.send, call, isNew)
  if (drawn.kind !== 'gets') {
    expose(draft, campaign, call, { variant: holdOutName })
    return nothing('held-out')
  }
  draft.entries = { ...draft.entries, [key]: { count: (before?.count ?? 0) + 1, lastAt: at, send: call.send } }
  draft.effects.push({ kind: 'edge', journey: key, version: journey.version, edge: 'entry' })
  const run: Run = {
    id: stableId('run', draft.base.id, key, call.send),
    journey: key,
    version: journey.version,
    step: drawn.step,
    enteredAt: at,
    since: at,
    send: call.send,
    trigger: { id: draft.cause, name: 'Campaign Sent', timestamp: at, properties: call.properties },
    hops: 0,
  }
  if (drawn.variant !== null) expose(draft, campaign, call, { variant: drawn.variant, run: run.id, step: run.step })
  if (until === null || until <= at) arrive(draft, journey, run, at, byTime)
  else wait(draft, { ...run, wakesAt: until })
  return whatBecame(draft, run)
}

/** Records to which group of the send somebody belongs, whether policy then lets a message go or not: those held out are compared with their like. */
function expose(draft: Draft, { journey: { id, version }, draw }: CompiledCampaign, { send, part }: SendCall, group: JsonObject): void {
  const about = { journey: id, version, send: Number(send.slice(send.lastIndexOf('#') + 1)), part }
  addFact(draft, eventNames.experimentExposed, draft.clock, { experiment: draw.experiment, ...group, ...about }, byTime)
}

function wait(draft: Draft, run: Run): void {
  draft.runs = [...draft.runs, run]
  draft.effects.push({ kind: 'run-at', run })
}

function whatBecame(draft: Draft, { id }: Run): SendOutcome {
  if (draft.runs.some((run) => run.id === id)) return 'waits'
  const message = draft.effects.find((effect) => effect.kind === 'message' && effect.run === id)
  return message?.kind === 'message' && message.decision.kind === 'send' ? 'sent' : 'held'
}
