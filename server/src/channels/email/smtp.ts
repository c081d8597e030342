import type { smtpProviderSchema } from '@throughline/contracts'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { z } from 'zod'
import { DeliveryError, type Outgoing, type Provider, type ProviderSecrets } from '../port.ts'
import { domainOf, requireEmail } from './address.ts'
import { readDkimKey, signDkim, type DkimKey } from './dkim.ts'
import { joinMime, writeMime, type Transfer } from './mime.ts'
import { SmtpReplyError, takeDialogue, type Envelope, type SmtpDialogue } from './smtp-dialogue.ts'
import { aboutMessage, troubleOf } from './smtp-trouble.ts'

export type SmtpConfig = z.infer<typeof smtpProviderSchema>

/** Connections at the same time: what most providers allow one customer. */
const SLOTS = 10
/** Messages over one connection; many servers end it after a hundred. */
const MESSAGES_A_CONNECTION = 100
const IDLE_MS = 30_000
const WITHOUT_CHUNKS_MS = 600_000

interface Connection {
  readonly smtp: SMTPConnection
  readonly dialogue: SmtpDialogue
  messages: number
  /** Ends it once it has been idle for long; runs on while it is busy, and changes nothing then. */
  idle: NodeJS.Timeout | null
  /** What ends the hand-over that goes on; null while it is idle. */
  signal: AbortSignal | null
  isLate: boolean
}

/**
 * E-mail by SMTP (RFC 5321) over connections that stay open. STARTTLS whenever the server offers it, demanded before a
 * password is sent; one attempt has the time its signal gives it.
 */
export function makeSmtpProvider(config: SmtpConfig, secrets: ProviderSecrets): Provider<'email'> {
  const idle: Connection[] = []
  const busy = new Set<Connection>()
  const server = `${config.host}:${config.port}`
  const dkim: DkimKey | null =
    config.dkim === undefined || secrets.dkimKey === undefined
      ? null
      : { domain: config.dkim.domain, selector: config.dkim.selector, key: readDkimKey(secrets.dkimKey) }
  const loopback = config.host === 'localhost' || config.host === '::1' || config.host.startsWith('127.')
  const watched = new WeakSet<AbortSignal>()
  let closed = false
  /** When CHUNKING is tried again where it is offered, after a server went away when it was. */
  let chunksFrom = 0

  async function open(signal: AbortSignal): Promise<Connection> {
    try {
      return await openOnce(signal)
    } catch (error) {
      const isAboutChunks = error instanceof DeliveryError && error.cause instanceof SmtpReplyError && error.cause.command === 'BDAT'
      if (!isAboutChunks || signal.aborted) throw error
      return openOnce(signal)
    }
  }

  function openOnce(signal: AbortSignal): Promise<Connection> {
    const smtp = new SMTPConnection({
      host: config.host,
      port: config.port,
      secure: config.secure,
      requireTLS: config.user !== undefined && !config.secure && !loopback,
      name: domainOf(config.from),
      logger: false,
      socketTimeout: 60_000,
    })
    return new Promise<Connection>((resolve, reject) => {
      const fail = (error: unknown): void => {
        settle()
        smtp.close()
        reject(troubleOf(error, server, false))
      }
      const onAbort = (): void => fail(new DeliveryError('away', `${server} did not answer in time`))
      const settle = (): void => {
        signal.removeEventListener('abort', onAbort)
        smtp.off('error', fail)
        // An error on a connection that nobody uses is said by its end.
        smtp.on('error', () => undefined)
      }
      const use = (): void => {
        takeDialogue(smtp, domainOf(config.from), { chunks: Date.now() >= chunksFrom }).then(
          (dialogue) => {
            const connection: Connection = { smtp, dialogue, messages: 0, idle: null, signal: null, isLate: false }
            smtp.once('end', () => forget(connection))
            settle()
            resolve(connection)
          },
          (error: unknown) => {
            // Also when the time was up: the next attempt does not wait for the same once more.
            if (error instanceof SmtpReplyError && error.command === 'BDAT') chunksFrom = Date.now() + WITHOUT_CHUNKS_MS
            fail(error)
          },
        )
      }
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      smtp.once('error', fail)
      smtp.connect((error) => {
        if (error) return fail(error)
        if (config.user === undefined) return use()
        smtp.login({ user: config.user, pass: secrets.password ?? '' }, (refused) => (refused ? fail(refused) : use()))
      })
    })
  }

  function forget(connection: Connection): void {
    if (connection.idle !== null) clearTimeout(connection.idle)
    connection.idle = null
    const at = idle.indexOf(connection)
    if (at >= 0) idle.splice(at, 1)
    busy.delete(connection)
  }

  function keep(connection: Connection): void {
    busy.delete(connection)
    if (closed || connection.messages >= MESSAGES_A_CONNECTION) {
      forget(connection)
      return connection.smtp.quit()
    }
    idle.push(connection)
    if (connection.idle !== null) connection.idle.refresh()
    else
      connection.idle = setTimeout(() => {
        if (busy.has(connection)) return
        forget(connection)
        connection.smtp.quit()
      }, IDLE_MS)
  }

  /** One listener for all that a signal ends: attempts that began at about the same time share one. */
  function watch(signal: AbortSignal): void {
    if (watched.has(signal)) return
    watched.add(signal)
    signal.addEventListener(
      'abort',
      () => {
        for (const connection of busy) if (connection.signal === signal) giveUp(connection)
      },
      { once: true },
    )
  }

  function giveUp(connection: Connection): void {
    connection.isLate = true
    connection.dialogue.hangUp()
    connection.smtp.close()
  }

  async function deliver(envelope: Envelope, write: (transfer: Transfer) => Buffer, signal: AbortSignal): Promise<void> {
    for (;;) {
      const reused = idle.pop()
      const connection = reused ?? (await open(signal))
      busy.add(connection)
      connection.messages += 1
      let raw: Buffer
      try {
        raw = write(connection.dialogue.transfer)
      } catch (error) {
        // Our own fault, not the server's: the connection is as good as it was.
        keep(connection)
        throw error
      }
      const result = await handOver(connection, envelope, raw, signal)
      if (result === 'sent') return keep(connection)
      forget(connection)
      if (result.stale && reused !== undefined && !signal.aborted) {
        // The server had hung up meanwhile, or does now, and has not said a word about the message.
        connection.smtp.close()
        continue
      }
      if (result.usable && !signal.aborted)
        connection.dialogue.reset().then(
          () => keep(connection),
          () => connection.smtp.close(),
        )
      else connection.smtp.close()
      throw result.error
    }
  }

  type HandOver = 'sent' | { readonly error: DeliveryError; readonly stale: boolean; readonly usable: boolean }

  async function handOver(connection: Connection, envelope: Envelope, raw: Buffer, signal: AbortSignal): Promise<HandOver> {
    if (signal.aborted) giveUp(connection)
    else watch(signal)
    connection.signal = signal
    try {
      await connection.dialogue.send(envelope, raw)
      return 'sent'
    } catch (error) {
      const { responseCode, command, interrupted, heard } = error instanceof SmtpReplyError ? error : NOTHING_SAID
      if (connection.isLate) {
        const late = new DeliveryError('away', `${server} did not answer in time`, { interrupted })
        return { error: late, stale: false, usable: false }
      }
      const isHangingUp = responseCode === 421 && command === 'MAIL FROM'
      return {
        error: troubleOf(error, server, interrupted),
        stale: responseCode === undefined ? !interrupted || !heard : isHangingUp,
        usable: responseCode !== undefined && responseCode !== 421 && aboutMessage(command),
      }
    } finally {
      connection.signal = null
    }
  }

  return {
    name: 'smtp',
    slots: SLOTS,
    maxPerSecond: config.maxPerSecond ?? null,
    async send(message, signal) {
      const to = requireEmail(message.address)
      await deliver({ from: returnPath(config, message), to }, (transfer) => writeEmail(message, to, dkim, transfer), signal)
    },
    async verify(signal) {
      const connection = await open(signal)
      keep(connection)
      return `${server} answered${config.user === undefined ? '' : ` and let ${config.user} in`}.`
    },
    async close() {
      closed = true
      for (const connection of idle.slice()) {
        forget(connection)
        connection.smtp.quit()
      }
    },
  }
}

const NOTHING_SAID = { responseCode: undefined, command: undefined, interrupted: false, heard: false } as const

/** The whole message as it goes over the wire, signed when there is a key. A signed one stays within 7 bits, for relays on its way. */
export function writeEmail(message: Outgoing<'email'>, to: string, dkim: DkimKey | null, transfer: Transfer): Buffer {
  const { content } = message
  const now = Date.now()
  const mime = writeMime(
    message.id,
    [
      { name: 'From', value: content.from, structured: true },
      { name: 'To', value: to, structured: true },
      { name: 'Subject', value: content.subject },
      { name: 'Date', value: new Date(now).toUTCString().replace('GMT', '+0000'), structured: true },
      ...Object.entries(content.headers).map(([name, value]) => ({ name, value, structured: true })),
    ],
    content,
    dkim === null ? transfer : '7bit',
  )
  return joinMime(dkim === null ? mime : { headers: [signDkim(mime, dkim, now), ...mime.headers], body: mime.body })
}

/** Where reports about this message go, one address per message (VERP), so that a report names its message by itself. */
function returnPath(config: SmtpConfig, message: Outgoing<'email'>): string {
  if (config.returnPath === undefined) return config.from
  const at = config.returnPath.lastIndexOf('@')
  return `${config.returnPath.slice(0, at)}+${message.shard.toString(16).padStart(2, '0')}${message.id.replace(/[^\w-]/g, '_')}${config.returnPath.slice(at)}`
}
