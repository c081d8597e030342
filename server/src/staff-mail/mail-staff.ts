import { randomUUID } from 'node:crypto'
import type { Settings } from '@throughline/contracts'
import { v7 } from 'uuid'
import { DeliveryError, handOverToStaff, type ProviderStore } from '../channels/index.ts'
import type { Logger } from '../platform/log/index.ts'
import { withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'
import { planMails } from './plan.ts'

export interface MailStaffDeps {
  readonly pool: Pool
  readonly log: Logger
  readonly providers: Pick<ProviderStore, 'refresh' | 'current'>
  settings(): Promise<Settings>
}

/** Mails of one pass. */
const MOST = 10
/** Things that a mail names one by one. */
const MOST_NAMED = 50
/** How long a mail belongs to one process, ms; more than an attempt takes. */
const CLAIM_MS = 60_000
const ATTEMPT_MS = 20_000
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 900_000
/** What could not be sent for so long is given up, ms. */
const PATIENCE_MS = 86_400_000

const CLAIM = `
with due as (select id from staff_mails where due_at <= $1::bigint order by due_at limit ${MOST} for update skip locked)
update staff_mails m set due_at = $1::bigint + ${CLAIM_MS}, attempts = m.attempts + 1 from due where m.id = due.id
returning m.id, m.mail_id as mail, m.address, m.is_digest as "isDigest", m.attempts, m.planned_at as "plannedAt"`
const ITEMS = `
select subject, body, link, count(*) over () as n from staff_mails where mail_id = $1::text and subject <> '' order by created_at, id limit ${MOST_NAMED}`
const REST = 'delete from staff_mails where mail_id = $1::text and id <> $2::text'
// What was said is not kept; that a mail went out is, for the hour in which it counts.
const SENT = `update staff_mails set sent_at = $2::bigint, due_at = null, subject = '', body = '', profile_id = null where id = $1::text`
const LATER = 'update staff_mails set due_at = $2::bigint where id = $1::text'
const DROP = 'delete from staff_mails where mail_id = $1::text'
const OLD = 'delete from staff_mails where sent_at is not null and sent_at < $1::bigint'
const OVERDUE = `
with gone as (delete from staff_mails where sent_at is null and created_at < $1::bigint returning address)
select address, count(*) as n from gone group by address`
const TELL = `
insert into audit_log (id, at, actor_kind, actor_id, actor, action, subject, after, outcome, ip, request_id)
values ($1::uuid, $2::bigint, 'nobody', null, 'Throughline', 'A mail to staff could not be sent', $3::text, $4::jsonb, 'failed', '', $5::text)`

interface Claimed {
  readonly [column: string]: unknown
  readonly id: string
  readonly mail: string
  readonly address: string
  readonly isDigest: boolean
  readonly attempts: number
  readonly plannedAt: number
}

interface Item {
  readonly [column: string]: unknown
  readonly subject: string
  readonly body: string
  readonly link: string
  readonly n: number
}

/**
 * Sends people of the shop what they are to know, by the provider of e-mail. A mail goes out once, and again with the same Message-ID where
 * its hand-over was interrupted. As long as e-mail has no provider everything waits; what has waited a day is dropped, and stands in the audit log.
 * @returns whether there may be more
 */
export async function mailStaff(deps: MailStaffDeps, signal: AbortSignal): Promise<boolean> {
  const { pool, providers } = deps
  const now = Date.now()
  await dropOverdue(pool, now)
  await providers.refresh()
  if (providers.current('email').config === null) return false
  await planMails(pool, now)
  const { rows } = await pool.query<Claimed>(CLAIM, [now])
  for (const mail of rows) {
    if (signal.aborted) return false
    await carryOut(deps, mail, signal)
  }
  return rows.length === MOST
}

async function carryOut(deps: MailStaffDeps, mail: Claimed, signal: AbortSignal): Promise<void> {
  const { pool, log, providers } = deps
  const { rows: items } = await pool.query<Item>(ITEMS, [mail.mail])
  try {
    if (items.length > 0) {
      const settings = await deps.settings()
      const words = mail.isDigest ? digestOf(items, settings) : singleOf(items[0]!, settings)
      await handOverToStaff(
        providers.current('email'),
        { id: `staff-${mail.mail}`, address: mail.address, createdAt: mail.plannedAt, ...words },
        settings,
        AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
      )
    }
    await withTransaction(pool, async (client) => {
      await client.query(SENT, [mail.id, Date.now()])
      await client.query(REST, [mail.mail, mail.id])
    })
  } catch (error) {
    if (signal.aborted) return
    const trouble = error instanceof DeliveryError ? error.trouble : 'later'
    const reason = error instanceof Error ? error.message : String(error)
    const isHopeless = trouble === 'bounced' || trouble === 'failed' || (trouble === 'refused' && mail.attempts >= 3)
    log.warn({ err: error, mail: mail.mail, attempts: mail.attempts }, 'a mail to staff could not be sent')
    if (isHopeless) await giveUp(pool, mail, items[0]?.n ?? 0, reason)
    else await pool.query(LATER, [mail.id, Date.now() + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (mail.attempts - 1))])
  }
}

async function giveUp(pool: Pool, { mail, address }: Claimed, mails: number, reason: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(DROP, [mail])
    await tell(client, address, mails, reason)
  })
}

async function dropOverdue(pool: Pool, now: number): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(OLD, [now - PATIENCE_MS])
    const { rows } = await client.query<{ address: string; n: number }>(OVERDUE, [now - PATIENCE_MS])
    for (const { address, n } of rows) await tell(client, address, n, 'it could not be sent for a day')
  })
}

async function tell(db: Db, address: string, things: number, reason: string): Promise<void> {
  await db.query(TELL, [v7(), Date.now(), address, JSON.stringify({ things, reason: reason.slice(0, 500) }), randomUUID()])
}

interface Words {
  readonly subject: string
  readonly html: string
  readonly text: string
}

type Shop = Pick<Settings, 'name' | 'baseUrl'>

function singleOf({ subject, body, link }: Item, { name, baseUrl }: Shop): Words {
  const url = new URL(link, baseUrl).href
  return {
    subject,
    text: `${subject}\n\n${body === '' ? '' : `${body}\n\n`}${url}\n\nThroughline of ${name}\n`,
    html: page(
      `<h1 style="font-size:18px">${escape(subject)}</h1>${body === '' ? '' : `<p style="white-space:pre-wrap">${escape(body)}</p>`}<p><a href="${escape(url)}">Open it</a></p>`,
      name,
    ),
  }
}

function digestOf(items: readonly Item[], { name, baseUrl }: Shop): Words {
  const all = items[0]?.n ?? items.length
  const subject = `${all} things for you: ${items[0]!.subject}`.slice(0, 200)
  const lead = `${all} things came at once, so they are in one mail.`
  const rest = all > items.length ? `and ${all - items.length} more` : ''
  const lines = items.map((item) => ({ subject: item.subject, url: new URL(item.link, baseUrl).href }))
  const tasks = new URL('/tasks', baseUrl).href
  return {
    subject,
    text: `${lead}\n\n${lines.map((one) => `- ${one.subject}\n  ${one.url}`).join('\n')}\n${rest === '' ? '' : `${rest}: ${tasks}\n`}\nThroughline of ${name}\n`,
    html: page(
      `<p>${lead}</p><ul>${lines.map((one) => `<li><a href="${escape(one.url)}">${escape(one.subject)}</a></li>`).join('')}</ul>${rest === '' ? '' : `<p><a href="${escape(tasks)}">${rest}</a></p>`}`,
      name,
    ),
  }
}

function page(inside: string, name: string): string {
  return `<!doctype html><html><body style="font-family:sans-serif">${inside}<p style="color:#666">Throughline of ${escape(name)}</p></body></html>`
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&#34;')
}
