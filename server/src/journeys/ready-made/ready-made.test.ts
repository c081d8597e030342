import {
  eachChannel,
  eventNames,
  ownSource,
  type ChannelKind,
  type Definition,
  type Event,
  type JsonObject,
  type PublishedDefinition,
} from '@throughline/contracts'
import {
  advance,
  compileDefinitions,
  emptyProfile,
  planRehearsal,
  rehearsePerson,
  validateDefinitions,
  type Advance,
  type MessageEffect,
} from '@throughline/engine'
import { expect, test } from 'vitest'
import { makeWorld } from '../../demo/shop/world.ts'
import { checkTemplate, renderTemplate } from '../../templates/index.ts'
import { makeOwn } from './own.ts'
import { readReadyMade, type ReadyMade } from './read.ts'
import { ways } from './test/ways.ts'

const all = await readReadyMade()
const DAY = 86_400_000
/** A Monday in May, noon. */
const noon = Date.UTC(2026, 4, 4, 12)
const settings = { zone: 'UTC', consentDefaults: eachChannel(() => 'granted' as const) }
const published = (definitions: readonly Definition[]): PublishedDefinition[] =>
  definitions.map((definition) => ({ definition, version: 1, epoch: 1 }))
const definitionsOf = ({ journey, others }: ReadyMade): Definition[] => [...others, journey]

test('there are the four of the product and sixteen more, each of which says what it is for, what it needs and what to change', () => {
  expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(['first-visit', 'recover-carts', 'cross-sell', 'win-back']))
  expect(all).toHaveLength(20)
  for (const { id, name, kind, use, needs, change, journey } of all) {
    expect([journey.id, journey.name, journey.description]).toEqual([id, name, use])
    for (const text of [kind, use, ...change, ...needs.flatMap((need) => [need.name, need.about])]) expect(text, id).not.toBe('')
    expect([needs.length, change.length], id).not.toContain(0)
  }
})

test('each fits together, every id of it begins with its own, and what it hears is what it says that it needs', () => {
  for (const ready of all) {
    expect(validateDefinitions(definitionsOf(ready), []), ready.id).toEqual([])
    for (const { id } of ready.others) expect(id.startsWith(`${ready.id}-`), id).toBe(true)
    const heard = new Set<string>()
    for (const one of definitionsOf(ready)) if (one.kind !== 'template') listen(one, heard)
    // Addresses are a matter of the channel; what a journey sets itself nobody has to send.
    const set = JSON.stringify(ready.journey.steps)
    const needs = new Set(ready.needs.map(({ kind, name }) => `${kind} ${name}`))
    for (const one of heard) if (!set.includes(`"set":{"${one.slice(6)}"`)) expect(needs, `${ready.id} needs ${one}`).toContain(one)
    for (const one of needs) if (!one.endsWith('_token')) expect(heard, `${ready.id} hears ${one}`).toContain(one)
  }
})

/** Notes the events and traits that a definition asks about. */
function listen(value: unknown, heard: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) listen(one, heard)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const said = value as { kind?: unknown; event?: unknown; trait?: unknown; outcome?: unknown }
  if (typeof said.event === 'string') heard.add(`event ${said.event}`)
  if (typeof said.trait === 'string' && said.trait !== 'email') heard.add(`trait ${said.trait}`)
  if (said.kind === 'message' && said.outcome === 'sent') heard.add('event Message Sent')
  if (said.kind === 'message' && said.outcome === 'opened') heard.add('event Message Opened')
  for (const one of Object.values(value)) listen(one, heard)
}

const somebody: JsonObject = {
  firstName: "Zoë O'Neil",
  email: 'zoe@example.com',
  phone: '+49 151 23456789',
  web_push_token: 'web-1',
  app_push_token: 'app-1',
  address: { street: 'Hauptstr. 1', postalCode: '10115', city: 'Berlin' },
}

test('every message is said to somebody, on each channel that the journey names, and by the ways that were meant', () => {
  for (const ready of all) {
    const said = new Set<string>()
    for (const { does, says, who } of ways[ready.id] ?? []) {
      const steps = live(ready, does, who ?? {})
      expect(steps, `${ready.id}: ${does}`).toEqual(says)
      for (const step of steps) said.add(step)
    }
    const messages = Object.entries(ready.journey.steps).filter(([, { kind }]) => kind === 'message')
    expect([...said].sort(), ready.id).toEqual(messages.map(([step]) => step).sort())
  }
  const channelsOf = (id: string): ChannelKind[] =>
    Object.values(all.find((one) => one.id === id)!.journey.steps).flatMap((step) => (step.kind === 'message' ? [step.channel] : []))
  expect(new Set(channelsOf('first-visit'))).toEqual(new Set(['on-site', 'web-push', 'email']))
  expect(new Set(channelsOf('recover-carts'))).toEqual(new Set(['email', 'web-push', 'sms', 'on-site', 'ad-audience']))
  expect(new Set(channelsOf('cross-sell'))).toEqual(new Set(['email', 'ad-audience', 'sms', 'on-site']))
  expect(new Set(channelsOf('win-back'))).toEqual(new Set(['email', 'web-push', 'ad-audience', 'direct-mail']))
})

/** Lives through what a script says, and answers the steps whose messages were sent, in their order. */
function live(ready: ReadyMade, does: string, who: JsonObject): string[] {
  const definitions = compileDefinitions(published(definitionsOf(ready)), settings, null, new Map())
  const steps: string[] = []
  let last: MessageEffect | undefined
  let now = noon
  let number = 0
  let profile = emptyProfile('p1', noon)
  let due: number | null = null
  const keep = ({ profile: after, effects, nextTimerAt }: Advance, journey = ready.id): void => {
    profile = after
    due = nextTimerAt
    for (const effect of effects)
      if (effect.kind === 'message' && effect.journey === journey) {
        expect(effect.decision, `${effect.step} of ${does}`).toEqual({ kind: 'send' })
        steps.push(effect.step)
        last = effect
        tell(eventNames.messageSent)
      }
  }
  const hear = (event: Partial<Event>): void => {
    const whole = { id: `e-${++number}`, type: 'track', name: '', timestamp: now, receivedAt: now, properties: {}, context: {} } as const
    const heard: Event = { ...whole, source: 'web', lane: 0, triggers: true, ...event }
    keep(advance(profile, { kind: 'event', event: heard }, { definitions, now, pending: new Set() }))
  }
  function tell(name: string): void {
    const { id, channel, template, step, journey } = last!
    hear({ type: 'outcome', source: ownSource, name, properties: { message_id: id, channel, template, step, journey } })
  }
  hear({ type: 'identify', name: eventNames.identified, properties: { ...somebody, ...who } })
  for (const part of does.split('; ')) {
    const wait = /^(\d+) (minute|hour|day)s?$/.exec(part)
    const act = /^([^{]+?)(?: (\{.*\}))?$/.exec(part)
    if (wait !== null) {
      const until = now + Number(wait[1]) * { minute: 60_000, hour: 3_600_000, day: DAY }[wait[2] as 'day']
      for (let at: number | null = due; at !== null && at <= until; at = due) {
        now = at
        keep(advance(profile, { kind: 'timer' }, { definitions, now, pending: new Set() }))
      }
      now = until
    } else if (part === 'clicks') tell(eventNames.messageClicked)
    else if (part === 'opens') tell(eventNames.messageOpened)
    else {
      const properties = JSON.parse(act![2] ?? '{}') as JsonObject
      if (act![1] === 'is') hear({ type: 'identify', name: eventNames.identified, properties })
      // What the shop sent by another journey: a newsletter.
      else if (act![1] === 'newsletter') hear({ type: 'outcome', source: ownSource, name: eventNames.messageSent, properties })
      else hear({ name: act![1]!, properties })
    }
  }
  return steps
}

test('every text says something whole, also to somebody of whom nothing is known, and nothing is written twice over', async () => {
  const shop = { name: 'Alder & Finch', baseUrl: 'https://t.example', currency: 'EUR', zone: 'UTC', locale: 'en' }
  const event = {
    name: 'Order Completed',
    timestamp: noon,
    properties: { name: 'Oak "Rest" table', price: 149, currency: 'EUR', order_id: 'A-1', store: 'Berlin', products: [{ name: 'Lamp' }] },
  }
  const options = { zone: 'UTC', locale: 'en', currency: 'EUR' }
  for (const template of all.flatMap(({ others }) => others)) {
    if (template.kind !== 'template') continue
    expect(await checkTemplate(template), template.id).toEqual([])
    // Its words alone, since the layout is the same for all and takes its time.
    const [block] = template.channel === 'email' ? (/\{% case [\s\S]*endcase %\}/.exec(template.mjml!) ?? []) : []
    const words = block === undefined ? template : { ...template, mjml: undefined, html: block.replace(/<(\/?)mj-\w+/g, '<$1p') }
    for (const [profile, what] of [
      [{}, {}],
      [somebody, event],
    ] as const) {
      const rendered = await renderTemplate(
        words,
        { profile, event: what, journey: {}, shop, unsubscribe_url: 'https://t.example/u' },
        options,
      )
      for (const [field, text] of Object.entries(rendered)) {
        if (typeof text !== 'string' || field === 'html') continue
        expect(text, `${template.id} ${field}`).not.toMatch(/\{\{|\{%|undefined|null|&amp;|&#|[^\n ] {2,}\S| [,.!?]|\(\)|<\//)
        expect(text.trim(), `${template.id} ${field}`).not.toBe('')
      }
      // A text message that takes several parts costs several times as much.
      if (rendered.channel === 'sms') expect(`${rendered.body} ${rendered.url}`.length, template.id).toBeLessThanOrEqual(160)
    }
  }
})

test('each is rehearsed on the history of the simulated shop, and those whose events it sends find people', () => {
  const until = noon
  const since = noon - 30 * DAY
  const world = makeWorld({ seed: 1, people: 30, opensAt: since, growsFor: 14 * DAY, orderTag: 'T-' })
  const lives = new Map<string, Event[]>()
  for (const deed of world.until(until)) {
    if (deed.kind !== 'call') continue
    const { type, event, properties = {}, traits = {}, context } = deed.call
    const name = type === 'page' ? eventNames.pageViewed : type === 'identify' ? eventNames.identified : event!
    const events = lives.get(deed.shopper.userId) ?? []
    events.push({
      id: `${deed.shopper.userId}-${events.length}`,
      type,
      name,
      timestamp: deed.at,
      receivedAt: deed.at,
      properties: type === 'identify' ? traits : properties,
      context,
      source: 'web',
      lane: 0,
      triggers: true,
    })
    lives.set(deed.shopper.userId, events)
  }
  const found = all.flatMap(({ id, journey, others }) => {
    const plan = planRehearsal(journey, published(others), settings, null, { since, until })
    const people = [...lives].filter(([person, events]) => rehearsePerson(person, events, plan, () => true) !== null)
    return people.length > 0 ? [id] : []
  })
  expect(found).toEqual(
    expect.arrayContaining([
      'after-purchase',
      'browse-abandonment',
      'cross-sell',
      'first-visit',
      'recover-carts',
      'replenish',
      'second-order',
      'welcome-newcomers',
    ]),
  )
})

test('taken over, it has ids that nobody has, which it names itself by, and links that lead to the shop', () => {
  const ready = all.find(({ id }) => id === 'win-back')!
  const plain = makeOwn(ready, new Set(['win-back-other']), 'https://www.my-shop.example/')
  expect(plain.journey.id).toBe('win-back')
  const own = makeOwn(ready, new Set(['win-back-card', 'win-back-2']), 'https://www.my-shop.example/')
  expect(own.journey.id).toBe('win-back-3')
  expect(own.others.map(({ id }) => id)).toContain('win-back-3-quiet')
  expect(validateDefinitions([own.journey, ...own.others], [])).toEqual([])
  const text = JSON.stringify(own)
  expect(text).toContain('https://www.my-shop.example/new')
  expect(text).not.toMatch(/shop\.example\/\/|https:\/\/shop\.example|"win-back-(?!3)/)
})
