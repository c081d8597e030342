import { eventNames, type JsonObject } from '@throughline/contracts'
import type { CompiledSegment } from '../definitions/index.ts'
import type { CompiledJourney, Deed } from '../journeys/index.ts'
import { consentKey } from '../profiles/index.ts'
import type { Run } from '../profile.ts'
import { addFact, type Draft } from './draft.ts'
import type { From } from './leaving.ts'
import { addToMemories, maxGenerations } from './remembering.ts'

/** Carries out what a step does besides saying something. What follows from it is heard once the present event is done with. */
export function carryOut(draft: Draft, journey: CompiledJourney, run: Run, deed: Deed, at: number, from: From): void {
  const by = { journey: journey.id, step: run.step }
  const source = `journey ${journey.name}`
  switch (deed.kind) {
    case 'event':
      return sayAtOnce(draft, deed.name, at, { ...deed.properties, ...by }, from)
    case 'list': {
      const { list, joined } = deed
      draft.effects.push({ kind: 'list', list, joined, at })
      return sayAtOnce(draft, joined ? eventNames.listJoined : eventNames.listLeft, at, { list, by: source, ...by }, from)
    }
    case 'consent': {
      const { channel, topic, state } = deed
      const key = consentKey(channel, topic)
      // Whoever opted out stays out, whoever agreed has agreed; and both are said once.
      const standing = draft.consents[key]?.state
      if (standing === 'withdrawn' || standing === state) return
      // A yes counts as said before everything: an opt-out that is heard of later holds against it.
      draft.consents = { ...draft.consents, [key]: { state, at: state === 'granted' ? 0 : at, source } }
      draft.effects.push({ kind: 'consent', channel, topic: topic ?? '', state, source, at })
      const said = { channel, ...(topic !== undefined && { topic }), state, source }
      return sayAtOnce(draft, eventNames.consentChanged, at, { ...said, ...by }, from)
    }
    case 'answered': {
      const { ok, reason, pool } = deed
      const said = { ok, ...(reason !== undefined && { reason }), ...by }
      return pool === undefined
        ? sayAtOnce(draft, eventNames.webhookAnswered, at, said, from)
        : sayAtOnce(draft, eventNames.couponTaken, at, { pool, ...said }, from)
    }
    case 'task':
      // The timeline tells of it once its texts are written.
      draft.effects.push(deed)
      return
    default:
      deed satisfies never
  }
}

/** A fact of which the next step knows already; segments and journeys hear it once the present event is done with. */
function sayAtOnce(draft: Draft, name: string, at: number, properties: JsonObject, from: From): void {
  const before = draft.unheard.length
  addFact(draft, name, at, properties, from)
  const heard = draft.unheard[before]
  const concern = heard === undefined || heard.generation > maxGenerations ? undefined : draft.definitions.concernOf(name)
  if (heard === undefined || concern === undefined) return
  const touched: CompiledSegment[] = []
  addToMemories(draft, concern, heard.occurrence, touched)
  draft.unheard[before] = { ...heard, touched }
}
