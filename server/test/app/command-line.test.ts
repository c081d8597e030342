import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverFilePath } from '../../src/app/server-file.ts'
import { CallError, findServer, type Server } from '../../src/cli/api-client.ts'
import { applyFiles, describeChanges } from '../../src/cli/apply.ts'
import { configOf } from '../../src/cli/command.ts'
import { compare } from '../../src/cli/definitions/compare.ts'
import { parseFiles, readFiles } from '../../src/cli/definitions/load.ts'
import { readPublished } from '../../src/cli/definitions/published.ts'
import { pullInto } from '../../src/cli/pull.ts'
import { validateFiles } from '../../src/cli/validate.ts'
import { describeEvent, tailEvents } from '../../src/cli/events-tail.ts'
import { describeProfile, showProfile } from '../../src/cli/profile-show.ts'
import { cartRecovery } from './definitions.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
let server: Server
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  server = findServer({ dataDir: place.dataDir })
})
afterAll(() => place?.remove())

const write = (name: string, text: string): string => {
  const path = join(place.dataDir, name)
  writeFileSync(path, text)
  return path
}

test('commands find the running server by the data folder, in a file that only its owner can read', () => {
  expect(server.address).toBe(app.address)
  expect(statSync(serverFilePath(place.dataDir)).mode & 0o777).toBe(0o600)
})

test('a folder of definitions is applied, and applied again changes nothing', async () => {
  mkdirSync(join(place.dataDir, 'definitions'))
  for (const [index, definition] of cartRecovery().entries()) write(`definitions/${index}.json`, JSON.stringify(definition))
  const first = await applyFiles(server, [join(place.dataDir, 'definitions')], { dryRun: false })
  expect(describeChanges(first).at(-1)).toBe('4 of 4 published.')
  const second = await applyFiles(server, [join(place.dataDir, 'definitions')], { dryRun: false })
  expect(second.results.every(({ change }) => change === 'unchanged')).toBe(true)
})

test('what is wrong with a file is named with its line, also when only the server can see it', async () => {
  const path = write(
    'wrong.yaml',
    'kind: journey\nid: lost\nname: Lost\nentry:\n  on: { event: Seen }\nstart: tell\nsteps:\n  tell:\n    kind: message\n    channel: email\n    template: nowhere\n',
  )
  await expect(applyFiles(server, [path], { dryRun: false })).rejects.toThrow(`${path}:11:5`)
  const twice = write('bad.yaml', 'kind: segment\nid: Bad Id\nname: x\nwhere: { kind: trait, trait: a, compare: { op: exists } }\n')
  await expect(applyFiles(server, [twice], { dryRun: true })).rejects.toThrow(`${twice}:2:1`)
  await expect(applyFiles(server, [join(place.dataDir, 'nowhere.yaml')], { dryRun: true })).rejects.toThrow(/nowhere\.yaml/)
})

test('what is published is pulled into files that say the same, and go on saying it', async () => {
  const folder = join(place.dataDir, 'shop as code')
  const pull = (options = {}) => pullInto(server, folder, { dryRun: false, overwrite: false, ...options })
  const changesOf = async () =>
    compare(parseFiles(readFiles([folder])), (await readPublished(server)).byKey).filter(({ change }) => change !== 'unchanged')
  await app.call('setProvider', {
    params: { channel: 'email' },
    body: {
      config: { kind: 'smtp', host: 'mail.example', port: 587, secure: false, user: 'shop', from: 'shop@example.com' },
      password: 'very secret',
    },
  })
  expect((await pull({ dryRun: true })).files.length).toBeGreaterThan(4)
  expect(existsSync(folder)).toBe(false)
  await pull()
  const channel = join(folder, 'channels/email.yaml')
  expect(readFileSync(channel, 'utf8')).toContain('host: mail.example')
  expect(readFileSync(channel, 'utf8')).not.toContain('secret')
  expect(await validateFiles([folder])).toEqual({ valid: 5 })
  expect(await changesOf()).toEqual([])
  expect((await pull()).files.every(({ change }) => change === 'unchanged')).toBe(true)

  // Somebody publishes in the console: the file follows, and keeps its comment.
  const file = join(folder, 'templates/cart-inbox.yaml')
  writeFileSync(file, `# agreed with the shop\n${readFileSync(file, 'utf8')}`)
  const changed = { ...(cartRecovery()[0] as object), name: 'Another name' }
  await app.call('applyDefinitions', { body: { definitions: [changed] } })
  expect((await changesOf())[0]!.diff).toMatch(/^-name: Another name$/m)
  expect((await pull()).files.filter(({ change }) => change === 'changed').map(({ path }) => path)).toEqual([file])
  expect(readFileSync(file, 'utf8')).toMatch(/# agreed with the shop[^]*name: Another name/)

  // What was written and never published is not lost.
  writeFileSync(file, readFileSync(file, 'utf8').replace('Another name', 'Mine'))
  expect((await pull()).kept).toEqual([{ place: `${file}:3:1`, key: 'template cart-inbox' }])
  expect(readFileSync(file, 'utf8')).toContain('Mine')
  await pull({ overwrite: true })
  expect(await changesOf()).toEqual([])

  // How a journey stands is no part of a version: files say it only where somebody wrote it down.
  const drawn = join(folder, 'journeys/cart-recovery.yaml')
  await app.call('setJourneyState', { params: { id: 'cart-recovery' }, body: { state: 'paused' } })
  expect(await changesOf()).toEqual([])
  expect((await pull()).files.every(({ change }) => change === 'unchanged')).toBe(true)
  writeFileSync(drawn, `${readFileSync(drawn, 'utf8')}state: live\n`)
  expect((await changesOf())[0]!.diff).toMatch(/^-state: paused\n\+state: live$/m)
  await pull()
  expect(readFileSync(drawn, 'utf8')).toContain('state: paused')
  await app.call('setJourneyState', { params: { id: 'cart-recovery' }, body: { state: 'live' } })
  await pull()
  expect(readFileSync(drawn, 'utf8')).toContain('state: live')
  expect(await changesOf()).toEqual([])

  // A channel is set by its file, with the secret that the server has.
  writeFileSync(channel, readFileSync(channel, 'utf8').replace('587', '2525'))
  expect((await applyFiles(server, [folder], { dryRun: true })).results.at(-1)).toMatchObject({ kind: 'channel', change: 'changed' })
  await applyFiles(server, [folder], { dryRun: false })
  const [provider] = (await app.call('providers', {})).items
  expect(provider).toMatchObject({ hasPassword: true, config: { port: 2525 } })
  writeFileSync(channel, readFileSync(channel, 'utf8').replace('mail.example', 'elsewhere.example'))
  await expect(applyFiles(server, [folder], { dryRun: false })).rejects.toThrow(/email\.yaml:\d+:\d+ .*needs a password/)
  writeFileSync(channel, `${readFileSync(channel, 'utf8')}password: x\n`)
  await expect(applyFiles(server, [folder], { dryRun: true })).rejects.toThrow(/email\.yaml:\d+:1 .*no field of this name/)
})

test('a dry run says for how many people something would change', async () => {
  const where = (op: string) => ({ kind: 'trait', trait: 'plan', compare: { op, value: 'gold' } })
  const path = write('gold.json', JSON.stringify({ kind: 'segment', id: 'gold', name: 'Gold', where: where('is') }))
  for (const [n, plan] of ['gold', 'gold', 'silver'].entries()) await app.send('identify', { userId: `plan-${n}`, traits: { plan } })
  await applyFiles(server, [path], { dryRun: false })
  write(
    'gold.json',
    JSON.stringify({ kind: 'segment', id: 'gold', name: 'Gold', where: { kind: 'trait', trait: 'plan', compare: { op: 'exists' } } }),
  )
  await expect
    .poll(async () => (await applyFiles(server, [path], { dryRun: true })).results[0]!.people, { timeout: 60_000 })
    .toEqual({ kind: 'segment', before: 2, after: 3, entering: 1, leaving: 0 })
  expect(describeChanges(await applyFiles(server, [path], { dryRun: true }))[1]!.trim()).toBe('2 people now, 3 then: 1 enter, 0 leave')
})

test('ad audiences are made of files beside the journeys and segments that go with them, and pulled into files that say the same', async () => {
  const folder = join(place.dataDir, 'ads')
  mkdirSync(folder)
  const put = (id: string, text: string): string => write(`ads/${id}.yaml`, text)
  const left = put('left', 'kind: ad-audience\nid: left-a-cart\nname: Left a cart\nplatform: meta\n')
  const lamps = put('lamps', 'kind: ad-audience\nid: lamp-people\nname: Lamps\nplatform: google\nsegment: lamps\ntopic: retargeting\n')
  put('segment', 'kind: segment\nid: lamps\nname: Lamps\nwhere: { kind: event, event: Lamp Seen }\n')
  const journey = (audience: string): string =>
    `kind: journey\nid: ads\nname: Ads\nentry: { on: { event: Cart Updated } }\nstart: add\nsteps:\n  add: { kind: ad-audience, audience: ${audience} }\n`
  put('journey', journey('lamp-people'))
  const apply = (dryRun = false) => applyFiles(server, [folder], { dryRun })
  const audiences = async () =>
    (await app.call('adAudiences', { query: {} })).items.map(({ id, name, platform, segment, list, topic }) => [
      id,
      name,
      platform,
      segment,
      list,
      topic,
    ])

  // A journey changes the members of no segment; nothing is made when it cannot be published.
  await expect(apply()).rejects.toThrow(/journey\.yaml:7:\d+ .*lamp-people/)
  expect(await audiences()).toEqual([])
  put('journey', journey('left-a-cart'))
  const changes = { 'ad-audience left-a-cart': 'new', 'ad-audience lamp-people': 'new', 'segment lamps': 'new', 'journey ads': 'new' }
  const changesOf = ({ results }: Awaited<ReturnType<typeof apply>>) =>
    Object.fromEntries(results.map(({ kind, id, change }) => [`${kind} ${id}`, change]))
  expect(changesOf(await apply(true))).toEqual(changes)
  expect(await audiences()).toEqual([])
  expect(changesOf(await apply())).toEqual(changes)
  const made = [
    ['lamp-people', 'Lamps', 'google', 'lamps', null, 'retargeting'],
    ['left-a-cart', 'Left a cart', 'meta', null, 'ad-left-a-cart', null],
  ]
  expect(await audiences()).toEqual(made)
  expect((await apply()).results.every(({ change }) => change === 'unchanged')).toBe(true)
  expect(await validateFiles([folder])).toEqual({ valid: 4 })

  const pulled = join(place.dataDir, 'ads pulled')
  await pullInto(server, pulled, { dryRun: false, overwrite: false })
  expect(readFileSync(join(pulled, 'ad-audiences/left-a-cart.yaml'), 'utf8')).toMatch(
    /^kind: ad-audience\nid: left-a-cart\nname: Left a cart\nplatform: meta\n$/m,
  )
  expect(
    compare(parseFiles(readFiles([pulled])), (await readPublished(server)).byKey).filter(({ change }) => change !== 'unchanged'),
  ).toEqual([])

  put('left', readFileSync(left, 'utf8').replace('name: Left a cart', 'name: Left it') + 'topic: carts\n')
  const differs = compare(parseFiles(readFiles([folder])), (await readPublished(server)).byKey).find(({ id }) => id === 'left-a-cart')
  expect(differs?.diff).toMatch(/^-name: Left a cart\n\+name: Left it$/m)
  expect(changesOf(await apply())).toMatchObject({ 'ad-audience left-a-cart': 'changed', 'ad-audience lamp-people': 'unchanged' })
  expect((await audiences())[1]).toEqual(['left-a-cart', 'Left it', 'meta', null, 'ad-left-a-cart', 'carts'])

  // What never changes is refused by its line, and so is a segment that is nowhere; nothing else happens then.
  put('left', readFileSync(left, 'utf8').replace('meta', 'google').replace('Left it', 'Other'))
  put('lamps', readFileSync(lamps, 'utf8').replace('segment: lamps', 'segment: ads'))
  put('third', 'kind: ad-audience\nid: third\nname: Third\nplatform: meta\nsegment: nowhere\n')
  const refused = await apply().catch((error: Error) => error.message)
  expect(refused).toMatch(/left\.yaml:4:1 {2}platform is "google", and "meta" on the server: it never changes/)
  expect(refused).toMatch(/lamps\.yaml:5:1 {2}segment is "ads", and "lamps" on the server/)
  expect(refused).toMatch(/third\.yaml:5:1 {2}there is no segment "nowhere"/)
  expect((await audiences()).map(([id, name]) => [id, name])).toEqual([
    ['lamp-people', 'Lamps'],
    ['left-a-cart', 'Left it'],
  ])
})

test('events are shown as they come, and a person by any of their names', async () => {
  const stopping = new AbortController()
  const seen: string[] = []
  const tailing = (async () => {
    for await (const event of tailEvents(server, { name: 'Lamp Seen' }, stopping.signal)) seen.push(describeEvent(event))
  })().catch(() => undefined)
  await app.send('identify', { userId: 'u-7', traits: { email: 'kim@example.org', name: 'Kim Example' } })
  await expect
    .poll(
      async () => {
        await app.send('track', { userId: 'u-7', event: 'Lamp Seen', properties: { sku: 'L1' } })
        return seen.join('\n')
      },
      { timeout: 60_000 },
    )
    .toMatch(/Lamp Seen.*Kim Example.*"sku":"L1"/)
  stopping.abort()
  await tailing
  for (const name of ['u-7', 'kim@example.org']) {
    const found = await showProfile(server, name)
    expect(describeProfile(found).join('\n')).toMatch(/Kim Example {2}kim@example\.org[\s\S]*user_id +u-7[\s\S]*Lamp Seen/)
  }
  await expect(showProfile(server, 'nobody-of-this-name')).rejects.toThrow(/Nobody is found/)
})

test('without a server, or with a wrong key, a command says what to do', async () => {
  expect(() => findServer({ dataDir: join(place.dataDir, 'empty') })).toThrow(/npx throughline start/)
  await expect(showProfile({ address: app.address, token: 'tl_wrong' }, 'u-7')).rejects.toThrow(/API key/)
  await expect(showProfile({ address: 'http://127.0.0.1:9', token: 'x' }, 'u-7')).rejects.toThrow(CallError)
})

test('a stopped server takes its file away', async () => {
  await app.stop()
  expect(existsSync(serverFilePath(place.dataDir))).toBe(false)
})

test('the API key of a command is its own and no setting, whatever it looks like', () => {
  const { dataDir } = place
  expect(configOf({ dataDir, apiKey: 'short' }).dataDir).toBe(dataDir)
})
