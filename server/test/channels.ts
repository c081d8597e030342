import { randomBytes, randomInt } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { eachChannel, shardOf, type Json, type Settings, type TemplateDefinition } from '@throughline/contracts'
import { Packr } from 'msgpackr'
import { Registry } from 'prom-client'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { v7 } from 'uuid'
import {
  insertStatement,
  makeFeed,
  makeLinks,
  makeProviderStore,
  makeSender,
  type AppendEvents,
  type OwnEvent,
  saveProvider,
  type MessageRow,
  type Sender,
  type SenderDeps,
} from '../src/channels/index.ts'
import { makeAccepter, makeOwnAppending } from '../src/ingest/index.ts'
import { makeSilentLog } from '../src/platform/log/index.ts'
import type { Pool } from '../src/platform/postgres/index.ts'
import { makeSafeFetch } from '../src/platform/safe-fetch/index.ts'
import { makeSecrets } from '../src/platform/secrets/index.ts'
import { makeTemplateStore } from '../src/templates/index.ts'

export const settings: Settings = {
  name: 'Tea & Co',
  zone: 'Europe/Berlin',
  currency: 'EUR',
  locale: 'en',
  baseUrl: 'https://track.shop.example',
  consentDefaults: eachChannel(() => 'granted'),
  trackingDefault: 'granted',
  pricePerThousand: eachChannel(() => null),
  quietHours: null,
  frequencyCaps: [],
  rfm: { days: null, hour: 4 },
  approval: null,
}

/** A mail as a server received it. */
export interface ReceivedMail {
  readonly from: string
  readonly to: string
  readonly raw: string
}

export interface SmtpSink {
  readonly port: number
  readonly mails: ReceivedMail[]
  /** What the server does with the next mails; changed while it runs. */
  onMail: ((to: string) => 'take' | 'hang' | 'drop-after-data' | { readonly code: number; readonly text: string }) | null
  onRecipient: ((to: string) => { readonly code: number; readonly text: string } | null) | null
  connections(): number
  close(): Promise<void>
}

/**
 * A real SMTP server that keeps what it gets. Its port is one that no system gives to whoever asks for any, so that it is still free when a
 * test closes the server and starts another one on it.
 */
export async function startSmtpSink(options: SMTPServerOptions = {}, port?: number): Promise<SmtpSink> {
  const mails: ReceivedMail[] = []
  let connections = 0
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    closeTimeout: 100,
    onConnect(_session, done) {
      connections += 1
      done()
    },
    onRcptTo(address, _session, done) {
      const refusal = sink.onRecipient?.(address.address) ?? null
      done(refusal === null ? null : Object.assign(new Error(refusal.text), { responseCode: refusal.code }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address
        const to = session.envelope.rcptTo[0]?.address ?? ''
        const answer = sink.onMail?.(to) ?? 'take'
        if (answer === 'hang') return
        if (answer === 'take' || answer === 'drop-after-data') mails.push({ from, to, raw: Buffer.concat(chunks).toString('latin1') })
        if (answer === 'drop-after-data') {
          for (const connection of (server as unknown as { connections: Set<{ _socket: { destroy(): void } }> }).connections)
            connection._socket.destroy()
          return
        }
        done(answer === 'take' ? null : Object.assign(new Error(answer.text), { responseCode: answer.code }))
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  const listen = (on: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.server.once('error', reject)
      server.listen(on, '127.0.0.1', () => {
        server.server.off('error', reject)
        resolve()
      })
    })
  if (port !== undefined) await listen(port)
  else for (let tries = 0; !server.server.listening; tries++) await listen(randomInt(15_000, 30_000)).catch(giveUpAfter(tries))
  const sink: SmtpSink = {
    port: (server.server.address() as AddressInfo).port,
    mails,
    onMail: null,
    onRecipient: null,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return sink
}

const giveUpAfter = (tries: number) => (error: Error) => {
  if (tries > 20) throw error
}

export interface ChannelWorld {
  readonly deps: SenderDeps & { readonly append: AppendEvents }
  readonly secrets: ReturnType<typeof makeSecrets>
  readonly feed: ReturnType<typeof makeFeed>
  readonly sender: Sender
  /** Every own event that was accepted, once; those of one person in the order in which they were. */
  events(): Promise<{ name: string; profileId: string; properties: Record<string, Json>; eventId: string }[]>
  makePerson(traits?: Record<string, Json>): Promise<string>
  publish(template: TemplateDefinition, version?: number): Promise<void>
  useSmtp(port: number, config?: object, secrets?: { password?: string; dkimKey?: string }): Promise<void>
  /** A message row, not yet written. */
  makeRow(profileId: string, fields?: Partial<MessageRow>): MessageRow
  /** Writes rows in a transaction and hands the live ones to the sender. */
  send(...rows: MessageRow[]): Promise<void>
  row(id: string): Promise<Record<string, unknown>>
  makeSender(changes?: Partial<SenderDeps>): Sender
  stop(): Promise<void>
}

const packr = new Packr({ useRecords: false })

/** A sender on a database of its own, with the real acceptor behind it. */
export async function makeChannelWorld(pool: Pool, changes: Partial<SenderDeps> = {}): Promise<ChannelWorld> {
  const log = makeSilentLog()
  const secrets = makeSecrets(randomBytes(32))
  const links = makeLinks(secrets)
  const accepter = makeAccepter({ pool, log, metrics: new Registry() })
  const feed = makeFeed({ pool, log })
  const safeFetch = makeSafeFetch()
  const senders: Sender[] = []
  const channelDeps = { pool, links, fetch: safeFetch.fetch, onNotification: (profileId: string) => feed.wake(profileId) }

  function makeOne(more: Partial<SenderDeps> = {}): Sender {
    const sender = makeSender({ ...deps, providers: makeProviderStore({ ...channelDeps, ...changes, ...more, log, secrets }), ...more })
    senders.push(sender)
    return sender
  }

  const deps: ChannelWorld['deps'] = {
    ...channelDeps,
    log,
    worker: 'w1',
    shards: () => Array.from({ length: 64 }, (_, shard) => shard),
    append: (events: OwnEvent[]) => accepter.accept(events),
    appendOutcomes: makeOwnAppending,
    providers: makeProviderStore({ ...channelDeps, ...changes, log, secrets }),
    templates: makeTemplateStore(pool),
    settings: async () => settings,
    pollMs: 50,
    ...changes,
  }
  const sender = makeOne()
  // No pipeline runs here: every shard counts as having heard all that came in.
  await pool.query('update shards set live_seq = 1000000')

  const world: ChannelWorld = {
    deps,
    secrets,
    feed,
    sender,
    async events() {
      const { rows } = await pool.query<{ name: string; profile_id: string; properties: string; event_id: string }>(
        `select name, profile_id, properties, event_id from inbox where source = 'throughline' and type <> 'control' order by received_at, shard, lane, seq`,
      )
      return rows.map((row) => ({
        name: row.name,
        profileId: row.profile_id,
        properties: JSON.parse(row.properties) as Record<string, Json>,
        eventId: row.event_id,
      }))
    },
    async makePerson(traits = {}) {
      const id = v7()
      const packed = packr.pack(Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, [value, 1]])))
      await pool.query(`insert into profiles (shard, id, created_at, traits, state) values ($1, $2, 0, $3, $4)`, [
        shardOf(id),
        id,
        packed,
        packr.pack({}),
      ])
      return id
    },
    async publish(template, version = 1) {
      await pool.query(
        `insert into definitions (kind, id, version, epoch, body, published_by) values ('template', $1, $2, 1, $3, 'test')`,
        [template.id, version, JSON.stringify(template)],
      )
    },
    async useSmtp(port, config = {}, given = {}) {
      await saveProvider(pool, secrets, {
        channel: 'email',
        config: { kind: 'smtp', host: '127.0.0.1', port, secure: false, from: 'tea@shop.example', fromName: 'Tea & Co', ...config },
        ...given,
      })
      await world.deps.providers.refresh(true)
    },
    makeRow: (profileId, fields = {}) => ({
      shard: shardOf(profileId),
      id: randomBytes(16).toString('hex'),
      profileId,
      lane: 0,
      channel: 'email',
      template: 'hello',
      templateVersion: 1,
      purpose: 'marketing',
      journey: 'cart',
      version: 1,
      step: 'remind',
      run: 'run-1',
      status: 'queued',
      reason: 'Sent: entered Cart by Product Added just now',
      rule: null,
      variables: JSON.stringify({
        event: { name: 'Product Added', properties: { name: 'Tea', price: 4.5 } },
        journey: { id: 'cart', name: 'Cart' },
      }),
      address: null,
      createdAt: Date.now(),
      dueAt: Date.now(),
      claimedBy: null,
      calledBack: null,
      sendId: null,
      ...fields,
    }),
    async send(...rows) {
      const { rows: fresh } = await pool.query<{ id: string }>(insertStatement(rows))
      sender.take(rows.filter((row) => fresh.some(({ id }) => id === row.id)))
    },
    async row(id) {
      const { rows } = await pool.query<Record<string, unknown>>(`select * from messages where id = $1`, [id])
      return rows[0] ?? {}
    },
    makeSender: makeOne,
    async stop() {
      for (const each of senders) await each.stop(1_000)
      await accepter.close()
      feed.stop()
      await safeFetch.close()
    },
  }
  return world
}

/** Waits until something holds; fails after a minute with what was last seen. */
export async function until<T>(look: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > end) throw new Error(`still not so after a minute: ${JSON.stringify(value)}`)
    await sleep(20)
  }
}
