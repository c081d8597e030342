import { Readable } from 'node:stream'
import type { smtpProviderSchema } from '@throughline/contracts'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { z } from 'zod'
import { DeliveryError, type Outgoing, type Provider, type ProviderSecrets } from '../port.ts'
import { domainOf, requireEmail } from './address.ts'
import { readDkimKey, signDkim, type DkimKey } from './dkim.ts'
import { joinMime, writeMime } from './mime.ts'
import { troubleOf } from './smtp-trouble.ts'

export type SmtpConfig = z.infer<typeof smtpProviderSchema>

/** Connections at the same time: what most providers allow one customer. */
const SLOTS = 10
/** Messages over one connection; many servers end it after a hundred. */
const MESSAGES_A_CONNECTION = 100
const IDLE_MS = 30_000

interface Connection {
  readonly smtp: SMTPConnection
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
    const connection: Connection = { smtp, messages: 0, idle: null }
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
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      smtp.once('error', fail)
      smtp.once('end', () => forget(connection))
      smtp.connect((error) => {
        if (error) return fail(error)
        if (config.user === undefined) {
          settle()
          resolve(connection)
          return
        }
        smtp.login({ user: config.user, pass: secrets.password ?? '' }, (refused) => {
          if (refused) return fail(refused)
          settle()
          resolve(connection)
        })
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

  async function deliver(envelope: { from: string; to: string }, raw: Buffer, signal: AbortSignal): Promise<void> {
    for (;;) {
      const reused = idle.pop()
      if (reused?.idle) clearTimeout(reused.idle)
      const connection = reused ?? (await open(signal))
      busy.add(connection)
      connection.messages += 1
      const result = await handOver(connection, envelope, raw, signal)
      if (result === 'sent') return keep(connection)
      if (result.stale && reused !== undefined && !signal.aborted) {
        // The server had hung up meanwhile; nothing of the message was on its way.
        forget(connection)
        connection.smtp.close()
        continue
      }
      if (result.usable && !signal.aborted) connection.smtp.reset((error) => (error ? connection.smtp.close() : keep(connection)))
      else connection.smtp.close()
      busy.delete(connection)
      throw result.error
    }
  }

  type HandOver = 'sent' | { readonly error: DeliveryError; readonly stale: boolean; readonly usable: boolean }

  function handOver({ smtp }: Connection, envelope: { from: string; to: string }, raw: Buffer, signal: AbortSignal): Promise<HandOver> {
    let started = false
    // Read only after the server has said yes to DATA.
    const body = new Readable({
      read() {
        started = true
        this.push(raw)
        this.push(null)
      },
    })
    return new Promise<HandOver>((resolve) => {
      const settle = (result: HandOver): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(result)
      }
      const onAbort = (): void => {
        smtp.close()
        settle({
          error: new DeliveryError('away', `${server} did not answer in time`, { interrupted: started }),
          stale: false,
          usable: false,
        })
      }
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      smtp.send({ from: envelope.from, to: [envelope.to], size: raw.length }, body, (error) => {
        if (!error) return settle('sent')
        const answered = typeof error.responseCode === 'number'
        settle({
          error: troubleOf(error, server, started),
          stale: !answered && !started,
          usable: answered && error.responseCode !== 421 && (error.command === 'RCPT TO' || error.command === 'DATA'),
        })
      })
    })
  }

  return {
    name: 'smtp',
    slots: SLOTS,
    maxPerSecond: config.maxPerSecond ?? null,
    async send(message, signal) {
      const to = requireEmail(message.address)
      await deliver({ from: returnPath(config, message), to }, writeEmail(message, to, dkim), signal)
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

/** The whole message as it goes over the wire, signed when there is a key. */
export function writeEmail(message: Outgoing<'email'>, to: string, dkim: DkimKey | null): Buffer {
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
  )
  return joinMime(dkim === null ? mime : { headers: [signDkim(mime, dkim, now), ...mime.headers], body: mime.body })
}

/** Where reports about this message go, one address per message (VERP), so that a report names its message by itself. */
function returnPath(config: SmtpConfig, message: Outgoing<'email'>): string {
  if (config.returnPath === undefined) return config.from
  const at = config.returnPath.lastIndexOf('@')
  return `${config.returnPath.slice(0, at)}+${message.shard.toString(16).padStart(2, '0')}${message.id.replace(/[^\w-]/g, '_')}${config.returnPath.slice(at)}`
}
