import { createHash } from 'node:crypto'
import { eventNames, type Settings } from '@throughline/contracts'
import { mayTrack } from '../../consent/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { findMessage, touchMessage } from '../messages/find.ts'
import { makeOutcome, type AppendEvents } from '../outcomes.ts'
import type { MessageRef } from './tokens.ts'

export interface RecordDeps {
  readonly pool: Pool
  readonly append: AppendEvents
  settings(): Promise<Settings>
}

/**
 * Records that a message was opened, or a link of it clicked: the first open, the first click of each link, and those of
 * machines apart from those of people. Does nothing when the person does not want it (any more).
 */
export async function recordTouch(
  deps: RecordDeps,
  ref: MessageRef,
  touch: { readonly kind: 'opened' | 'clicked'; readonly url?: string; readonly machine: boolean; readonly at: number },
): Promise<void> {
  const message = await findMessage(deps.pool, ref.profileId, ref.id)
  if (message === null || !mayTrack(message, await deps.settings())) return
  const distinct = [
    touch.url === undefined ? null : createHash('sha256').update(touch.url).digest('base64url').slice(0, 16),
    touch.machine ? 'machine' : null,
  ].filter((part) => part !== null)
  const name = touch.kind === 'opened' ? eventNames.messageOpened : eventNames.messageClicked
  await deps.append([
    makeOutcome(name, message, touch.at, {
      machine: touch.machine,
      url: touch.url,
      ...(distinct.length > 0 && { distinct: distinct.join(':') }),
    }),
  ])
  if (!touch.machine) await touchMessage(deps.pool, ref.profileId, ref.id, touch.kind, touch.at)
}
