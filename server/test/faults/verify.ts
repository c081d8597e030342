import { routes, type Route, type RouteInput, type RouteName, type RouteResponse, type TimelineEntry } from '@throughline/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { buys } from './load.ts'
import { keys } from './product.ts'
import type { Received } from './sink.ts'

/** The journey that everybody goes through: an e-mail at once, a card in the inbox later unless they bought. */
export const definitions = [
  {
    kind: 'template',
    id: 'hello',
    name: 'Hello',
    channel: 'email',
    subject: 'Hello {{ profile.name }}',
    html: '<p>Hello {{ profile.name }}</p>',
  },
  { kind: 'template', id: 'later', name: 'Later', channel: 'inbox', title: 'Still here', body: 'Your cart is still here' },
  {
    kind: 'journey',
    id: 'cart',
    name: 'Cart',
    entry: { on: { event: 'Cart Updated' } },
    goal: { on: { event: 'Order Completed' } },
    start: 'hello',
    steps: {
      hello: { kind: 'message', channel: 'email', template: 'hello', next: 'pause' },
      pause: { kind: 'wait', for: '3 seconds', next: 'later' },
      later: { kind: 'message', channel: 'inbox', template: 'later' },
    },
  },
]

/** Calls the management API; throws when it is not answered with a 200. */
export async function call<N extends RouteName>(
  address: string,
  name: N,
  input: { params?: Record<string, string>; query?: Partial<RouteInput<N>['query']>; body?: unknown } = {},
): Promise<RouteResponse<N>> {
  const route: Route = routes[name]
  const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(input.params![key]!))
  const query = new URLSearchParams(Object.entries(input.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]))
  const response = await fetch(`${address}${path}?${query.toString()}`, {
    method: route.method,
    headers: { authorization: `Bearer ${keys.apiKey}`, ...(input.body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: input.body === undefined ? null : JSON.stringify(input.body),
    signal: AbortSignal.timeout(60_000),
  })
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
  return (await response.json()) as RouteResponse<N>
}

/** Waits until nothing is on its way any more: inbox, export, journey and outbox are empty, twice in a row. */
export async function waitForQuiet(address: string, people: number, seconds = 300): Promise<void> {
  let quiet = 0
  let seen = ''
  for (const until = Date.now() + seconds * 1_000; quiet < 2; await sleep(500)) {
    if (Date.now() > until) throw new Error(`It did not become quiet within ${seconds} s: ${seen}`)
    const [status, journey, queued] = await Promise.all([
      call(address, 'status'),
      call(address, 'journey', { params: { id: 'cart' } }),
      // Also those that are tried again later, which do not count as the outbox's backlog yet.
      call(address, 'messages', { query: { status: 'queued', limit: 1 } }),
    ]).catch(() => [null, null, null] as const)
    if (status === null || journey === null || queued === null) continue
    seen = JSON.stringify({
      inbox: status.inboxBehind,
      export: status.exportBehind,
      outbox: status.outboxQueued,
      queued: queued.items.length,
      inside: journey.inside,
      entered: journey.entered,
      people,
    })
    quiet =
      status.inboxBehind + status.exportBehind + status.outboxQueued + queued.items.length + journey.inside === 0 &&
      journey.entered === people
        ? quiet + 1
        : 0
  }
}

export interface Verdict {
  readonly problems: readonly string[]
  readonly events: number
  /** Messages that the sink took more than once, each under one Message-ID, around a kill. */
  readonly repeated: number
  /** Messages that were called back because the person had bought. */
  readonly cancelled: number
}

/** How long before a kill a hand-over may have been taken without us knowing, in ms; slow machines are slow to note it. */
const IN_FLIGHT_MS = 8_000
/** And how long after the signal what had been written until then may still be read by the one that takes it, ms. */
const READ_AFTER_MS = 5_000

/** Holds everything against what was acknowledged. */
export async function verify(
  address: string,
  name: string,
  people: number,
  received: readonly Received[],
  kills: readonly number[],
): Promise<Verdict> {
  const problems: string[] = []
  const ids = await findPeople(address, name)
  let events = 0
  const cancelled = new Map<number, readonly string[]>()
  const numbers = Array.from({ length: people }, (_, n) => n)
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) {
        const found = ids.get(`${name}-${n}`) ?? []
        if (found.length !== 1) problems.push(`Person ${n} is ${found.length} people.`)
        else {
          const shown = await checkPerson(address, name, n, found[0]!, problems)
          events += shown.events
          if (shown.cancelled.length > 0) cancelled.set(n, shown.cancelled)
        }
      }
    }),
  )
  const mine = received.filter(({ to }) => to.startsWith(`${name}-`))
  const unsent = new Set([...cancelled].filter(([, channels]) => channels.includes('email')).map(([n]) => n))
  const repeated = checkMail(name, people, mine, kills, unsent, problems)
  const { entered, inside, steps } = await call(address, 'journey', { params: { id: 'cart' } })
  if (entered !== people || inside !== 0)
    problems.push(`The journey counted ${entered} entries of ${people} people, ${inside} inside (${JSON.stringify(steps)}).`)
  return { problems, events, repeated, cancelled: [...cancelled.values()].flat().length }
}

async function findPeople(address: string, name: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page: RouteResponse<'people'> = await call(address, 'people', { query: { limit: 200, ...(cursor === '' ? {} : { cursor }) } })
    for (const { id, userId } of page.items) if (userId?.startsWith(`${name}-`)) found.set(userId, [...(found.get(userId) ?? []), id])
    cursor = page.next ?? undefined
  }
  return found
}

interface Shown {
  readonly events: number
  /** Channels of the messages that were called back. */
  readonly cancelled: readonly string[]
}

async function checkPerson(address: string, name: string, n: number, id: string, problems: string[]): Promise<Shown> {
  const { items, note } = await call(address, 'timeline', { params: { id }, query: { limit: 200 } })
  const tell = (problem: string) => problems.push(`Person ${n}: ${problem} (${items.map((one) => one.name).join(', ')})`)
  if (note !== undefined) tell(note)
  const seen = new Set<string>()
  for (const entry of items) {
    if (seen.has(entry.id)) tell(`${entry.id} stands twice`)
    seen.add(entry.id)
  }
  const wanted = [`web:${name}-${n}-id`, `web:${name}-${n}-cart`, ...(buys(n) ? [`web:${name}-${n}-order`] : [])]
  for (const event of wanted) if (!seen.has(event)) tell(`${event} was acknowledged and is missing`)
  const named = (event: string) => items.filter((one) => one.name === event)
  const planned = named('Message Planned')
  const entered = named('Journey Entered').length
  if (entered !== 1) tell(`entered ${entered} times`)
  if (planned.length < (buys(n) ? 1 : 2) || planned.length > 2) tell(`${planned.length} messages were planned`)
  const cancelled: string[] = []
  for (const plan of planned) {
    const message = String(plan.properties['message_id'])
    const of = (event: string) => named(event).filter((one) => one.properties['message_id'] === message)
    const [sent, held] = [of('Message Sent'), of('Message Held Back')]
    if (held.length === 0 && sent.length === 1) continue
    if (held.length === 1 && sent.length === 0) {
      const problem = await checkCancelled(address, plan, held[0]!, items, `web:${name}-${n}-order`)
      if (problem === null) cancelled.push(String(plan.properties['channel']))
      else tell(`message ${message} was held back: ${problem}`)
    } else tell(`message ${message} was sent ${sent.length} times and held back ${held.length} times`)
  }
  const ends = named('Message Sent').length + named('Message Held Back').length
  if (ends !== planned.length) tell(`${planned.length} messages were planned, and ${ends} sent or held back`)
  return { events: items.length, cancelled }
}

/** A message may be cancelled for one reason only: the order stands before it in the person's history. Null when it does. */
async function checkCancelled(
  address: string,
  plan: TimelineEntry,
  held: TimelineEntry,
  items: readonly TimelineEntry[],
  orderId: string,
): Promise<string | null> {
  const reason = 'Not sent: the goal of Cart was reached (Order Completed) before it went out'
  if (held.properties['reason'] !== reason) return String(held.properties['reason'])
  const order = items.find(({ id }) => id === orderId)
  if (order === undefined) return 'there is no order'
  if (order.timestamp > held.timestamp) return 'the order came after it was held back'
  const message = await call(address, 'message', { params: { id: String(plan.properties['message_id']) } })
  return message.status === 'cancelled' && message.reason === reason ? null : `its page says ${message.status}: ${message.reason}`
}

/**
 * Holds the mails that the sink took against the people who were to get one: each got one; another only under the same Message-ID, and only
 * where something was killed around the first.
 * @param received what went to these people
 * @returns how many were repeated
 */
export function checkMail(
  name: string,
  people: number,
  received: readonly Received[],
  kills: readonly number[],
  cancelled: ReadonlySet<number>,
  problems: string[],
): number {
  const inFlight = (at: number) => kills.some((kill) => at <= kill + READ_AFTER_MS && at > kill - IN_FLIGHT_MS)
  const byPerson = new Map<string, Received[]>()
  for (const mail of received) byPerson.set(mail.to, [...(byPerson.get(mail.to) ?? []), mail])
  let repeated = 0
  for (let n = 0; n < people; n++) {
    const mails = byPerson.get(`${name}-${n}@load.example`) ?? []
    if (mails.length === 0 && !cancelled.has(n)) problems.push(`Person ${n} got no mail.`)
    if (cancelled.has(n) && mails.some(({ at }) => !inFlight(at)))
      problems.push(`Person ${n} got a mail that was cancelled, although nothing was killed around it.`)
    if (mails.length < 2) continue
    repeated += mails.length - 1
    if (new Set(mails.map(({ messageId }) => messageId)).size > 1)
      problems.push(`Person ${n} got ${mails.length} mails under different Message-IDs.`)
    for (const { at } of mails.slice(0, -1)) {
      if (!inFlight(at))
        problems.push(
          `Person ${n} got a mail again although nothing was killed around the first: kills came ${kills.map((kill) => kill - at).join(', ')} ms after it.`,
        )
    }
  }
  return repeated
}
