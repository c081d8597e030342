import type { smtpProviderSchema } from '@throughline/contracts'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { z } from 'zod'
import { DeliveryError, type Outgoing, type Provider, type ProviderSecrets } from '../port.ts'
import { domainOf, requireEmail } from './address.ts'
import { readDkimKey, signDkim, type DkimKey } from './dkim.ts'
import { joinMime, writeMime, type Transfer } from './mime.ts'
import { SmtpReplyError, takeDialogue, type Envelope, type SmtpDialogue } from './smtp-dialogue.ts'
import { troubleOf } from './smtp-trouble.ts'

export type SmtpConfig = z.infer<typeof smtpProviderSchema>

/** Connections at the same time: what most providers allow one customer. */
const SLOTS = 10
/** Messages over one connection; many servers end it after a hundred. */
const MESSAGES_A_CONNECTION = 100
const IDLE_MS = 30_000

interface Connection {
  readonly smtp: SMTPConnection
  readonly dialogue: SmtpDialogue
  messages: number
  idle: NodeJS.Timeout | null
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
  let closed = false

  function open(signal: AbortSignal): Promise<Connection> {
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
        takeDialogue(smtp, domainOf(config.from)).then((dialogue) => {
          const connection: Connection = { smtp, dialogue, messages: 0, idle: null }
          smtp.once('end', () => forget(connection))
          settle()
          resolve(connection)
        }, fail)
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
    const at = idle.indexOf(connection)
    if (at >= 0) idle.splice(at, 1)
    busy.delete(connection)
  }

  function keep(connection: Connection): void {
    busy.delete(connection)
    if (closed || connection.messages >= MESSAGES_A_CONNECTION) return connection.smtp.quit()
    connection.idle = setTimeout(() => {
      forget(connection)
      connection.smtp.quit()
    }, IDLE_MS)
    idle.push(connection)
  }

  async function deliver(envelope: Envelope, write: (transfer: Transfer) => Buffer, signal: AbortSignal): Promise<void> {
    for (;;) {
      const reused = idle.pop()
      if (reused?.idle) clearTimeout(reused.idle)
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
      if (result.stale && reused !== undefined && !signal.aborted) {
        // The server had hung up meanwhile; nothing of the message was on its way.
        forget(connection)
        connection.smtp.close()
        continue
      }
      if (result.usable && !signal.aborted)
        connection.dialogue.reset().then(
          () => keep(connection),
          () => connection.smtp.close(),
        )
      else connection.smtp.close()
      busy.delete(connection)
      throw result.error
    }
  }

  type HandOver = 'sent' | { readonly error: DeliveryError; readonly stale: boolean; readonly usable: boolean }

  async function handOver({ smtp, dialogue }: Connection, envelope: Envelope, raw: Buffer, signal: AbortSignal): Promise<HandOver> {
    let started = false
    let isLate = signal.aborted
    const onAbort = (): void => {
      isLate = true
      dialogue.hangUp()
      smtp.close()
    }
    if (isLate) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await dialogue.send(envelope, raw, () => (started = true))
      return 'sent'
    } catch (error) {
      if (isLate) {
        const late = new DeliveryError('away', `${server} did not answer in time`, { interrupted: started })
        return { error: late, stale: false, usable: false }
      }
      const { responseCode, command } = error instanceof SmtpReplyError ? error : {}
      return {
        error: troubleOf(error, server, started),
        stale: responseCode === undefined && !started,
        usable: responseCode !== undefined && responseCode !== 421 && (command === 'RCPT TO' || command === 'DATA'),
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
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
      for (const connection of idle.splice(0)) {
        if (connection.idle !== null) clearTimeout(connection.idle)
        connection.smtp.quit()
      }
    },
  }
}

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
    { text: content.text, html: content.html },
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
