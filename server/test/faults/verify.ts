import { routes, type Route, type RouteInput, type RouteName, type RouteResponse } from '@throughline/contracts'
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
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
  return (await response.json()) as RouteResponse<N>
}

/** Waits until nothing is on its way any more: inbox, export, journey and outbox are empty, twice in a row. */
export async function waitForQuiet(address: string, people: number, seconds = 120): Promise<void> {
  let quiet = 0
  let seen = ''
  for (const until = Date.now() + seconds * 1_000; quiet < 2; await sleep(500)) {
    if (Date.now() > until) throw new Error(`It did not become quiet within ${seconds} s: ${seen}`)
    const [status, journey] = await Promise.all([call(address, 'status'), call(address, 'journey', { params: { id: 'cart' } })]).catch(
      () => [null, null] as const,
    )
    if (status === null || journey === null) continue
    seen = JSON.stringify({
      inbox: status.inboxBehind,
      export: status.exportBehind,
      outbox: status.outboxQueued,
      inside: journey.inside,
      entered: journey.entered,
      people,
    })
    quiet =
      status.inboxBehind + status.exportBehind + status.outboxQueued + journey.inside === 0 && journey.entered === people ? quiet + 1 : 0
  }
}

export interface Verdict {
  readonly problems: readonly string[]
  readonly events: number
  /** Messages that the sink took more than once, each under one Message-ID, around a kill. */
  readonly repeated: number
}

/** How long before a kill a hand-over may have been taken without us knowing, in ms; slow machines are slow to note it. */
const IN_FLIGHT_MS = 8_000

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
  const numbers = Array.from({ length: people }, (_, n) => n)
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) {
        const found = ids.get(`${name}-${n}`) ?? []
        if (found.length !== 1) problems.push(`Person ${n} is ${found.length} people.`)
        else {
          const shown = await checkPerson(address, name, n, found[0]!, problems)
          events += shown
        }
      }
    }),
  )
  const mine = received.filter(({ to }) => to.startsWith(`${name}-`))
  const repeated = checkMail(name, people, mine, kills, problems)
  const { entered, inside, steps } = await call(address, 'journey', { params: { id: 'cart' } })
  if (entered !== people || inside !== 0)
    problems.push(`The journey counted ${entered} entries of ${people} people, ${inside} inside (${JSON.stringify(steps)}).`)
  return { problems, events, repeated }
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

async function checkPerson(address: string, name: string, n: number, id: string, problems: string[]): Promise<number> {
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
  const count = (event: string) => items.filter((one) => one.name === event).length
  const planned = count('Message Planned')
  if (count('Journey Entered') !== 1) tell(`entered ${count('Journey Entered')} times`)
  if (planned < (buys(n) ? 1 : 2) || planned > 2) tell(`${planned} messages were planned`)
  if (count('Message Sent') !== planned) tell(`${count('Message Sent')} of ${planned} messages were sent`)
  return items.length
}

function checkMail(name: string, people: number, received: readonly Received[], kills: readonly number[], problems: string[]): number {
  const byPerson = new Map<string, Received[]>()
  for (const mail of received) byPerson.set(mail.to, [...(byPerson.get(mail.to) ?? []), mail])
  let repeated = 0
  for (let n = 0; n < people; n++) {
    const mails = byPerson.get(`${name}-${n}@load.example`) ?? []
    if (mails.length === 0) problems.push(`Person ${n} got no mail.`)
    if (mails.length < 2) continue
    repeated += mails.length - 1
    if (new Set(mails.map(({ messageId }) => messageId)).size > 1)
      problems.push(`Person ${n} got ${mails.length} mails under different Message-IDs.`)
    for (const { at } of mails.slice(0, -1)) {
      if (!kills.some((kill) => at <= kill && at > kill - IN_FLIGHT_MS))
        problems.push(`Person ${n} got a mail again although nothing was killed around the first.`)
    }
  }
  return repeated
}
