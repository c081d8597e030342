import { durationToMs, type CampaignDefinition, type SendTest } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Send } from '../store.ts'

/** The campaign as it was in the version that a send goes out in; undefined when it was never published. */
export async function readVersion(
  db: Db,
  { campaign, version }: Pick<Send, 'campaign' | 'version'>,
): Promise<CampaignDefinition | undefined> {
  const { rows } = await db.query<{ body: CampaignDefinition }>(
    `select body from definitions where kind = 'campaign' and id = $1::text and version = $2::int`,
    [campaign, version],
  )
  return rows[0]?.body
}

/** How far sends are with choosing between their variants, by their ids; those that choose nothing are not in it. */
export async function readTests(db: Db, sends: readonly Send[]): Promise<ReadonlyMap<string, SendTest>> {
  const found = new Map<string, SendTest>()
  const versions = new Map<number, CampaignDefinition | undefined>()
  for (const send of sends) {
    if (send.part === null) continue
    if (!versions.has(send.version)) versions.set(send.version, await readVersion(db, send))
    const definition = versions.get(send.version)
    if (definition?.winner !== undefined) found.set(send.id, standingOf(send, definition.winner))
  }
  return found
}

/** How far a send is with choosing. Pure. */
export function standingOf(send: Send, { after, testPercent }: NonNullable<CampaignDefinition['winner']>): SendTest {
  const { part, testedAt, judgedAt, winner, choice, state, endedAt } = send
  const isOn = state === 'sending' || state === 'paused' || state === 'waiting'
  const phase = part === 'rest' ? 'rest' : testedAt === null ? 'test' : judgedAt === null ? 'counting' : 'undecided'
  const decidesAt = phase === 'counting' && isOn ? testedAt! + durationToMs(after) : null
  const words = {
    test: `The variants go to ${testPercent} % of the audience. ${after} after the last of them has had their turn it is decided what the rest gets.`,
    counting: `The variants have gone to ${testPercent} % of the audience, and the rest waits for what comes of them.`,
    undecided: 'A person has to choose what the rest gets.',
    rest: 'The chosen variant goes to the rest.',
  }[phase]
  const isGone = winner === null && (state === 'cancelled' || endedAt !== null)
  return {
    phase,
    decidesAt,
    winner,
    words: isGone ? 'It was cancelled before a variant was chosen; the rest got nothing.' : (choice ?? words),
    canChoose: isOn && state !== 'waiting' && winner === null && part === 'test',
  }
}
