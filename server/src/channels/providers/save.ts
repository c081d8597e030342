import type { ChannelKind, ProviderConfig } from '@throughline/contracts'
import { domainOf, normaliseEmail } from '../email/address.ts'
import { readDkimKey } from '../email/dkim.ts'
import type { Db } from '../../platform/postgres/index.ts'
import { ChannelError } from '../errors.ts'
import type { ProviderSecrets } from '../port.ts'
import { channelOf } from '../registry.ts'
import { openSecrets, type SecretBox } from './store.ts'

export interface ProviderToSave {
  readonly channel: ChannelKind
  readonly config: ProviderConfig
  /** What is left out keeps its former value, as long as the host stays the same. */
  readonly password?: string
  readonly dkimKey?: string
}

/**
 * Stores the provider of a channel; secrets are encrypted. Senders notice within two seconds.
 * Throws {@link ChannelError} `provider_unsuitable` or `provider_config_invalid`.
 */
export async function saveProvider(db: Db, box: SecretBox, given: ProviderToSave): Promise<void> {
  const channel = channelOf(given.channel)
  if (channel.providers[given.config.kind] === undefined) {
    const allowed = Object.keys(channel.providers)
    throw new ChannelError(
      'bad-input',
      'provider_unsuitable',
      allowed.length === 0
        ? `The ${channel.label} is part of Throughline and needs no provider.`
        : `A provider of kind "${given.config.kind}" cannot carry ${channel.label}; allowed: ${allowed.join(', ')}.`,
      { field: 'config.kind', value: given.config.kind, allowed: allowed.join(', ') || 'none' },
    )
  }
  const before = await readSecrets(db, box, given)
  const secrets: ProviderSecrets = {
    ...((given.password ?? before.password) !== undefined && { password: given.password ?? before.password }),
    ...((given.dkimKey ?? before.dkimKey) !== undefined && { dkimKey: given.dkimKey ?? before.dkimKey }),
  }
  checkConfig(given.config, secrets)
  const sealed = Object.keys(secrets).length === 0 ? null : box.encrypt(JSON.stringify(secrets))
  await db.query(
    `insert into providers (channel, config, secret_encrypted, updated_at) values ($1::text, $2::jsonb, $3::bytea, now())
     on conflict (channel) do update set config = excluded.config, secret_encrypted = excluded.secret_encrypted, updated_at = excluded.updated_at`,
    [given.channel, JSON.stringify(given.config), sealed],
  )
}

/**
 * The configuration in `smtp://user:password@host:587?from=shop@example.com&fromName=Shop` (`smtps:` for TLS from the start).
 * Throws {@link ChannelError} `provider_config_invalid`.
 */
export function smtpFromUrl(text: string): ProviderToSave {
  if (!URL.canParse(text)) throw invalidUrl('it cannot be read as an address')
  const url = new URL(text)
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') throw invalidUrl(`it begins with ${url.protocol}`)
  const from = url.searchParams.get('from') ?? (url.username.includes('%40') ? decodePart(url.username) : null)
  if (url.hostname === '') throw invalidUrl('it names no host')
  if (from === null) throw invalidUrl('it names no sender')
  if (normaliseEmail(from) === null) throw invalidUrl(`its sender is "${from}", which is no e-mail address`)
  // Not repeated: it may be what follows a question mark in a password.
  if ([...url.searchParams.keys()].some((name) => name !== 'from' && name !== 'fromName'))
    throw invalidUrl('it has an option besides from and fromName (a ? in a password is written %3F)')
  const secure = url.protocol === 'smtps:'
  const fromName = url.searchParams.get('fromName')
  const user = url.username === '' ? undefined : decodePart(url.username)
  return {
    channel: 'email',
    config: {
      kind: 'smtp',
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      from,
      ...(fromName !== null && { fromName }),
      ...(user !== undefined && { user }),
    },
    ...(url.password !== '' && { password: decodePart(url.password) }),
  }
}

// `%zz` is no escape, and `%ff` none of UTF-8.
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalidUrl('it cannot be read as an address (a % in a name or password is written %25)')
  }
}

// A stored password is not sent to a host that it was not given for.
async function readSecrets(db: Db, box: SecretBox, given: ProviderToSave): Promise<ProviderSecrets> {
  const { rows } = await db.query<{ config: ProviderConfig; secret_encrypted: Buffer | null }>(
    `select config, secret_encrypted from providers where channel = $1::text`,
    [given.channel],
  )
  const row = rows[0]
  if (row === undefined || row.config.kind !== given.config.kind) return {}
  if (
    row.config.kind === 'smtp' &&
    given.config.kind === 'smtp' &&
    (row.config.host !== given.config.host || row.config.user !== given.config.user)
  ) {
    const { dkimKey } = openSecrets(row.secret_encrypted, box)
    return dkimKey === undefined ? {} : { dkimKey }
  }
  return openSecrets(row.secret_encrypted, box)
}

function checkConfig(config: ProviderConfig, secrets: ProviderSecrets): void {
  if (config.kind === 'http') {
    if (secrets.password === undefined || secrets.password.length < 16)
      throw invalid(
        'password',
        undefined,
        'a signing secret of at least 16 characters',
        'A webhook needs a signing secret of at least 16 characters, given as password; its receiver checks the signature with it.',
      )
    return
  }
  if (normaliseEmail(config.from) === null)
    throw invalid('config.from', config.from, 'an address such as shop@example.com', `The sender "${config.from}" is no e-mail address.`)
  if (config.user !== undefined && secrets.password === undefined)
    throw invalid('password', undefined, `the password of ${config.user}`, `The SMTP user ${config.user} needs a password.`)
  if (config.dkim === undefined) return
  if (secrets.dkimKey === undefined)
    throw invalid('dkimKey', undefined, 'a private key in PEM, RSA or Ed25519', `DKIM for ${config.dkim.domain} needs its private key.`)
  try {
    readDkimKey(secrets.dkimKey)
  } catch (error) {
    throw invalid(
      'dkimKey',
      undefined,
      'a private key in PEM, RSA or Ed25519',
      `${error instanceof Error ? error.message : 'The DKIM key cannot be read'}.`,
    )
  }
  const from = domainOf(config.from)
  if (from !== config.dkim.domain.toLowerCase() && !from.endsWith(`.${config.dkim.domain.toLowerCase()}`)) {
    throw invalid(
      'config.dkim.domain',
      config.dkim.domain,
      `${from} or a domain above it`,
      `A signature of ${config.dkim.domain} says nothing about mail from ${config.from}: receivers want the same domain (DMARC alignment).`,
    )
  }
}

function invalid(field: string, value: string | undefined, allowed: string, message: string): ChannelError {
  return new ChannelError('bad-input', 'provider_config_invalid', message, { field, value, allowed })
}

// The value itself holds a password and is not repeated.
function invalidUrl(why: string): ChannelError {
  const allowed = 'smtp://user:password@host:587?from=shop@example.com&fromName=Shop, or smtps://…'
  return invalid('THROUGHLINE_SMTP_URL', undefined, allowed, `THROUGHLINE_SMTP_URL cannot be used: ${why}; allowed: ${allowed}.`)
}
