import { setImmediate as immediate } from 'node:timers/promises'
import { shardOf, type ChannelKind, type JsonObject, type Settings } from '@throughline/contracts'
import { decideSend, mayTrack, readPermissions, type Permission } from '../../consent/index.ts'
import { isConnectionLost, type Db } from '../../platform/postgres/index.ts'
import { TemplateError } from '../../templates/index.ts'
import type { OutcomeOf } from '../outcomes.ts'
import { DeliveryError, type Channel, type Content, type Draft, type Provider } from '../port.ts'
import { frame } from '../messages/pack.ts'
import { makeSkeletons } from '../messages/skeletons.ts'
import { channelOf } from '../registry.ts'
import { makeAttempts } from './attempt.ts'
import type { Inspected } from './inspect.ts'
import type { Ledger } from './ledger.ts'
import type { Line } from './line.ts'
import type { SenderDeps } from './make-sender.ts'
import type { FinalRecord } from './record.ts'
import { FRESH_MS, MAX_REFUSED_ATTEMPTS, MAX_TEMPORARY_ATTEMPTS, retryDelay } from './times.ts'

/** How long messages of bulk are written one after the other before other work has its turn, ms. */
const YIELD_MS = 3

/** Checks, writes and hands over messages, and sees to it that each ends in the ledger. */
export interface Courier {
  /**
   * Carries messages of one channel. Rejects only before anything became of any of them; calls `done` once for each message.
   * @param options.yielding lets other work in now and then
   */
  carry(messages: readonly Inspected[], line: Line, options: { readonly yielding: boolean; done(): void }): Promise<void>
  /** Asks a paused provider whether it is back. */
  verify(line: Line): Promise<void>
}

interface Addressed {
  readonly message: Inspected
  readonly address: string
}

export function makeCourier(
  deps: SenderDeps,
  reads: { readonly [Lane in 'live' | 'bulk']: Db },
  ledger: Ledger,
  stopping: AbortSignal,
  attemptMs: number,
): Courier {
  const attempt = makeAttempts(attemptMs, stopping)
  const skeletons = makeSkeletons(deps.pool, deps.log)
  return {
    async carry(messages, line, { yielding, done }) {
      if (messages.length === 0) return
      const channel = channelOf(line.kind)
      const settings = await deps.settings()
      const addressed: Addressed[] = []
      const unreachable: Inspected[] = []
      const calledBack: Inspected[] = []
      for (const message of messages) {
        if (message.calledBack !== null && message.sentAt === null) {
          calledBack.push(message)
          continue
        }
        const address = message.person === null ? null : (message.address ?? channel.addressOf(message.person))
        if (address === null) unreachable.push(message)
        else addressed.push({ message, address })
      }
      const asked = addressed.filter(({ message }) => message.permission === null)
      const answers = await readPermissions(
        reads[yielding ? 'bulk' : 'live'],
        asked.map(({ message, address }) => {
          const profileId = message.person?.id ?? message.profileId
          return { shard: shardOf(profileId), profileId, channel: line.kind, address }
        }),
      )
      const permissions = new Map(asked.map((each, index) => [each, answers[index]]))
      for (const message of calledBack) {
        cancel(message, message.calledBack ?? '')
        done()
      }
      for (const message of unreachable) {
        hold(message, 'reachability', `Held back: no ${channel.label} address is known.`)
        done()
      }
      const carried: Promise<void>[] = []
      let since = performance.now()
      for (const each of addressed) {
        if (yielding && performance.now() - since > YIELD_MS) {
          await immediate()
          since = performance.now()
        }
        const permission = each.message.permission ?? permissions.get(each)
        if (permission === undefined) throw new TypeError('a permission is missing')
        carried.push(carryOne(each, permission, channel, settings, line, done))
      }
      await Promise.all(carried)
    },

    async verify(line) {
      try {
        await attempt((signal) => line.active.provider.verify(signal))
        line.circuit.sent()
      } catch (error) {
        line.circuit.away(reasonOf(error), Date.now())
      }
    },
  }

  async function carryOne(
    { message, address }: Addressed,
    permission: Permission,
    channel: Channel,
    settings: Settings,
    line: Line,
    done: () => void,
  ): Promise<void> {
    let busy = true
    const free = (): void => {
      if (busy) done()
      busy = false
    }
    try {
      if (message.sentAt === null) {
        const decision = decideSend(permission, { channel: channel.kind, label: channel.label, purpose: message.purpose }, settings)
        if (decision.kind === 'hold') return hold(message, decision.rule, decision.reason, address)
      }
      const { provider, config } = line.active
      const draft = await makeDraft(message, address, mayTrack(permission, settings), settings, config)
      const content = (await channel.compose(draft, deps)) as Content & { readonly channel: ChannelKind }
      const final = (): FinalRecord =>
        finalOf(message, {
          status: 'sent',
          attempted: true,
          address,
          provider: provider.name,
          subject: channel.subjectOf(content),
          content: copyOf(content, message),
        })
      if (message.sentAt !== null) return ledger.sent(outcomeOf(message), message.sentAt, final())
      const { circuit } = line
      const since = Date.now()
      const leave = await line.enter(message.lane === 0)
      let used = false
      try {
        // Much may have been said meanwhile by the person or the provider: it goes back, and is looked at anew.
        if (stopping.aborted || Date.now() - since > FRESH_MS || line.paused(Date.now())) return ledger.giveBack(message, null)
        used = true
        await attempt((signal) =>
          (provider as Provider).send(
            {
              id: message.id,
              shard: message.shard,
              profileId: message.profileId,
              personId: draft.person.id,
              address,
              createdAt: message.createdAt,
              content,
            },
            signal,
          ),
        )
      } finally {
        leave(used)
      }
      const at = Date.now()
      circuit.sent()
      free()
      ledger.sent(outcomeOf(message), at, final())
    } catch (error) {
      settleTrouble(error, message, address, channel, line)
    } finally {
      free()
    }
  }

  // Whatever is wrong with it, the message has left the house: it must not go out again for want of a copy.
  function copyOf(content: Content, message: Inspected): Uint8Array | null {
    try {
      return frame(content, skeletons.isKept)
    } catch (error) {
      deps.log.error({ err: error, message: message.id }, 'what a message looked like could not be kept')
      return null
    }
  }

  function settleTrouble(error: unknown, message: Inspected, address: string, channel: Channel, line: Line): void {
    const now = Date.now()
    const reason = reasonOf(error)
    if (message.sentAt !== null) {
      // It left the house long ago; that it cannot be written again changes nothing.
      return ledger.sent(outcomeOf(message), message.sentAt, finalOf(message, { status: 'sent', address }))
    }
    // Before the hand-over: nothing happened, and the database will be back.
    if (isConnectionLost(error)) return ledger.giveBack(message, null)
    if (error instanceof TemplateError) return fail(message, address, `Failed: ${reason}`, reason)
    if (!(error instanceof DeliveryError)) {
      deps.log.error({ err: error, message: message.id }, 'a message could not be sent because of a fault in Throughline')
      return retry(message, line, {
        reason: 'an unexpected error; the log has it',
        max: MAX_REFUSED_ATTEMPTS,
        address,
        error: reason,
        waitMs: null,
        now,
      })
    }
    switch (error.trouble) {
      case 'bounced':
        return ledger.ended(
          outcomeOf(message),
          now,
          reason,
          finalOf(message, {
            status: 'bounced',
            address,
            attempted: true,
            reason: `Bounced: ${reason}`,
            error: reason,
            provider: line.active.provider.name,
            suppress: {
              channel: channel.kind,
              address: address.trim().toLowerCase(),
              reason: 'bounced',
              at: now,
            },
          }),
        )
      case 'failed':
        return fail(message, address, `Failed: ${reason}`, reason)
      case 'refused':
        line.circuit.refused(reason, now)
        return retry(message, line, { reason, max: MAX_REFUSED_ATTEMPTS, address, error: reason, waitMs: error.retryAfterMs, now })
      case 'later':
        return retry(message, line, { reason, max: MAX_TEMPORARY_ATTEMPTS, address, error: reason, waitMs: error.retryAfterMs, now })
      case 'away':
        line.circuit.away(reason, now)
        // It may be this message that it cannot stomach: others go first.
        if (error.interrupted)
          return retry(message, line, { reason, max: MAX_TEMPORARY_ATTEMPTS, address, error: reason, waitMs: null, now })
        // Not the message's fault, so it costs it no attempt; due when the provider is asked again.
        return ledger.later({
          shard: message.shard,
          id: message.id,
          dueAt: line.status().retryAt ?? now + 1_000,
          attempted: false,
          delay: `Delayed: ${reason}`,
          error: reason,
        })
      default:
        throw new TypeError(`unknown trouble: ${String(error.trouble satisfies never)}`)
    }
  }

  function retry(
    message: Inspected,
    line: Line,
    trouble: { reason: string; max: number; address: string; error: string; waitMs: number | null; now: number },
  ): void {
    const attempts = message.attempts + 1
    if (attempts >= trouble.max)
      return fail(
        message,
        trouble.address,
        `Failed: ${trouble.reason} (gave up after ${attempts} attempts)`,
        trouble.error,
        line.active.provider.name,
      )
    const dueAt = trouble.now + Math.max(trouble.waitMs ?? 0, retryDelay(attempts, Math.random()))
    ledger.later({
      shard: message.shard,
      id: message.id,
      dueAt,
      attempted: true,
      delay: `Delayed: ${trouble.reason}. Next attempt at ${new Date(dueAt).toISOString()}.`,
      error: trouble.error,
    })
  }

  function fail(message: Inspected, address: string, reason: string, error: string, provider: string | null = null): void {
    ledger.ended(
      outcomeOf(message),
      Date.now(),
      error,
      finalOf(message, { status: 'failed', address, attempted: true, reason, error, provider }),
    )
  }

  function hold(message: Inspected, rule: string, reason: string, address: string | null = null): void {
    ledger.ended(outcomeOf(message), Date.now(), reason, finalOf(message, { status: 'held', address, reason, rule }))
  }

  function cancel(message: Inspected, reason: string): void {
    ledger.ended(outcomeOf(message), Date.now(), reason, finalOf(message, { status: 'cancelled', reason }))
  }

  async function makeDraft(
    message: Inspected,
    address: string,
    tracking: boolean,
    settings: Settings,
    config: Draft['config'],
  ): Promise<Draft> {
    if (message.person === null) throw new DeliveryError('failed', 'nobody is left of this profile')
    return {
      id: message.id,
      shard: message.shard,
      profileId: message.profileId,
      person: message.person,
      address,
      purpose: message.purpose,
      template: await deps.templates.load(message.channel, message.template, message.templateVersion, message.subject),
      variables: readVariables(message.variables),
      settings,
      tracking,
      createdAt: message.createdAt,
      config,
    }
  }
}

// Messages of one send say the same text of what led here; it is parsed once for those that come one after the other. Nobody changes it.
let latest: { readonly text: string; readonly variables: JsonObject } = { text: '{}', variables: {} }
function readVariables(text: string): JsonObject {
  if (text !== latest.text) latest = { text, variables: JSON.parse(text) as JsonObject }
  return latest.variables
}

function outcomeOf(message: Inspected): OutcomeOf {
  return {
    id: message.id,
    profileId: message.person?.id ?? message.profileId,
    lane: message.lane,
    channel: message.channel,
    template: message.template,
    journey: message.journey,
    step: message.step,
    send: message.send,
    createdAt: message.createdAt,
  }
}

function finalOf(message: Inspected, values: Partial<FinalRecord> & Pick<FinalRecord, 'status'>): FinalRecord {
  return {
    shard: message.shard,
    id: message.id,
    reason: null,
    rule: null,
    error: null,
    attempted: false,
    sentAt: null,
    content: null,
    provider: null,
    address: null,
    subject: null,
    suppress: null,
    ...values,
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
