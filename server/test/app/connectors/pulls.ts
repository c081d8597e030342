import { gzipSync } from 'node:zlib'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileImport, Pull, PullRun, RouteInput } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeSecrets } from '../../../src/platform/secrets/index.ts'
import { startFakeS3, type FakeS3 } from '../../fakes/s3.ts'
import { secretKey, type World } from './world.ts'

/** What pulls do, in a world that is started. */
export function testPulls(world: World): void {
  let crm: Server
  let base: string
  let answer: (request: IncomingMessage, response: ServerResponse) => void
  let bucket: FakeS3
  let otherDir: string
  const asked: { url: string; headers: IncomingMessage['headers'] }[] = []
  const bucketKeys = {
    bucket: 'crm-exports',
    region: 'eu-central-1',
    accessKeyId: 'AKIDTEST',
    secretAccessKey: 'hush/hush+key',
    page: 2,
  } as const

  beforeAll(async () => {
    crm = createServer((request, response) => {
      asked.push({ url: request.url ?? '', headers: request.headers })
      answer(request, response)
    })
    await new Promise<void>((resolve) => crm.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(crm.address() as AddressInfo).port}`
    bucket = await startFakeS3(bucketKeys)
    otherDir = mkdtempSync(join(tmpdir(), 'pulls-'))
  })
  afterAll(async () => {
    rmSync(otherDir, { recursive: true, force: true })
    await bucket?.close()
    crm?.closeAllConnections()
    crm?.close()
  })

  // By no clock of the world while the tests run.
  const daily = { kind: 'daily', at: `${String((new Date().getUTCHours() + 12) % 24).padStart(2, '0')}:30` } as const
  const serve = (text: string | Buffer, headers: Record<string, string> = {}) => {
    answer = (request, response) => {
      const { 'if-none-match': etag, 'if-modified-since': since } = request.headers
      const same = (etag !== undefined && etag === headers.etag) || (since !== undefined && since === headers['last-modified'])
      if (same) response.writeHead(304).end()
      else response.writeHead(200, headers).end(text)
    }
  }
  const make = (body: Omit<RouteInput<'createPull'>['body'], 'schedule'>) =>
    world.app.call('createPull', { body: { schedule: daily, ...body } })
  const read = (id: string) => world.app.call('pull', { params: { id } })
  const runsOf = async (id: string): Promise<PullRun[]> => (await world.app.call('pullRuns', { params: { id } })).items

  /** Waits until a pull has nothing to do, and answers it with its latest run. */
  async function settled(id: string, runs: number): Promise<{ pull: Pull; run: PullRun }> {
    let pull: Pull | undefined
    let found: PullRun[] = []
    await expect
      .poll(
        async () => {
          // A run that is seen has begun before the pull is asked whether it is at work, and has ended where that is not so.
          const begun = await runsOf(id)
          pull = await read(id)
          if (begun.length < runs || ['working', 'importing'].includes(pull.state)) return false
          found = await runsOf(id)
          return true
        },
        { timeout: 60_000, interval: 50 },
      )
      .toBe(true)
    expect(found).toHaveLength(runs)
    return { pull: pull!, run: found[0]! }
  }
  async function runNow(id: string): Promise<{ pull: Pull; run: PullRun }> {
    const before = (await runsOf(id)).length
    await world.app.call('runPull', { params: { id } })
    return settled(id, before + 1)
  }
  const importOf = async (run: PullRun): Promise<FileImport> => world.app.call('fileImport', { params: { id: run.import! } })
  const traitsOf = async (email: string) => {
    await expect.poll(async () => (await world.app.call('status', {})).inboxBehind, { timeout: 60_000 }).toBe(0)
    const [one] = (await world.app.call('people', { query: { search: email } })).items
    return one === undefined
      ? null
      : Object.fromEntries((await world.app.call('person', { params: { id: one.id } })).traits.map((t) => [t.name, t.value]))
  }

  test(
    'a file behind an address is fetched, mapped once, and from then on imported whenever it changes',
    { timeout: 180_000 },
    async () => {
      serve('id,mail,city\n1,ada@example.org,Utrecht\n2,bo@example.org,Gent\n', {
        etag: '"v1"',
        'content-disposition': 'attachment; filename="contacts.csv"',
      })
      const made = await make({
        name: 'CRM contacts',
        kind: 'people',
        place: { kind: 'url', url: `${base}/export?sig=veiled-signature`, auth: { kind: 'basic', user: 'throughline' } },
        secret: 'veiled-password',
      })
      const { pull: waiting, run: first } = await settled(made.id, 1)
      expect(waiting).toMatchObject({ state: 'to-map', draft: first.import, mapping: null, nextAt: null, hasSecret: true })
      expect(first).toMatchObject({ outcome: 'to-map', file: 'contacts.csv' })
      expect(asked[0]!.headers.authorization).toBe(`Basic ${Buffer.from('throughline:veiled-password').toString('base64')}`)

      const draft = await importOf(first)
      expect(draft).toMatchObject({ state: 'draft', pull: made.id, createdBy: 'pull “CRM contacts”' })
      await expect(world.app.call('beginPull', { params: { id: made.id }, body: { import: made.id } })).rejects.toThrow('pull_draft_wrong')
      await world.app.call('mapImport', {
        params: { id: draft.id },
        body: {
          mapping: {
            ...draft.mapping,
            columns: [
              { column: 'id', to: 'user_id' },
              { column: 'mail', to: 'email' },
              { column: 'city', to: 'trait', name: 'town', type: 'text' },
            ],
          },
        },
      })
      await world.app.call('beginPull', { params: { id: made.id }, body: { import: draft.id } })
      await expect.poll(async () => (await importOf(first)).state, { timeout: 60_000 }).toBe('done')
      expect((await importOf(first)).counts).toMatchObject({ rows: 2, new: 2 })
      expect(await traitsOf('ada@example.org')).toMatchObject({ town: 'Utrecht' })
      expect(await read(made.id)).toMatchObject({ state: 'waiting', draft: null, failures: 0 })

      // The server says that nothing is new, or says nothing and sends the same again.
      expect((await runNow(made.id)).run).toMatchObject({ outcome: 'unchanged', import: null })
      expect(asked.at(-1)!.headers['if-none-match']).toBe('"v1"')
      serve('id,mail,city\n1,ada@example.org,Utrecht\n2,bo@example.org,Gent\n')
      expect((await runNow(made.id)).run).toMatchObject({ outcome: 'unchanged', bytes: 61 })

      // What is other comes in as an import of its own, and says only what is new.
      serve(gzipSync('id,mail,city\n1,ada@example.org,Leiden\n2,bo@example.org,Gent\nx,not an address,\n'), {
        'last-modified': 'Mon, 05 Jan 2026 10:00:00 GMT',
      })
      const { run: third } = await runNow(made.id)
      expect(third).toMatchObject({ outcome: 'imported', importState: 'done', counts: { changed: 1, refused: 1 } })
      expect(third.import).not.toBe(first.import)
      expect((await importOf(third)).counts).toMatchObject({ rows: 3, new: 0, changed: 1, unchanged: 1, refused: 1 })
      expect(await traitsOf('ada@example.org')).toMatchObject({ town: 'Leiden' })
      expect((await runNow(made.id)).run.outcome).toBe('unchanged')
      expect(asked.at(-1)!.headers['if-modified-since']).toBe('Mon, 05 Jan 2026 10:00:00 GMT')

      // Nothing secret comes out again, nor stands in the audit log or in the clear in the database; files are gone when they are imported.
      const audit = await world.app.call('auditLog', {})
      const { rows } = await world.place.database.pool.query('select row_to_json(p) as pull from pulls p')
      expect(JSON.stringify([await world.app.call('pulls', {}), audit, rows])).not.toMatch(/veiled/)
      expect((await read(made.id)).place).toMatchObject({ url: `${base}/export?…` })
      expect(audit.items.map(({ action }) => action)).toEqual(expect.arrayContaining(['createPull', 'runPull', 'beginPull']))
      await expect.poll(() => readdirSync(join(world.place.dataDir, 'uploads'))).toEqual([])
    },
  )

  test('what goes wrong is said with its remedy, tried again later, and mended by a change', { timeout: 180_000 }, async () => {
    serve('mail,city\neve@example.org,Rome\n')
    const mapping = {
      file: { format: 'csv', delimiter: ',' } as const,
      columns: [
        { column: 'mail', to: 'email' as const },
        { column: 'city', to: 'trait' as const, name: 'town' },
      ],
    }
    const url = `${base}/eve.csv`
    const made = await make({ name: 'Flaky', kind: 'people', place: { kind: 'url', url }, mapping })
    const { id } = made
    expect(made).toMatchObject({ state: 'waiting', draft: null })
    expect(made.nextAt! > Date.now()).toBe(true)

    answer = (_, response) => response.writeHead(403).end('no')
    const begun = Date.now()
    const refused = await runNow(id)
    expect(refused.pull).toMatchObject({ state: 'failing', failures: 1, error: { code: 'pull_refused' } })
    expect(refused.pull.error!.message).toContain('answered 403')
    expect(refused.pull.nextAt! - begun).toBeGreaterThanOrEqual(60_000)
    answer = (_, response) => response.writeHead(503, { 'retry-after': '600' }).end('later')
    const away = await runNow(id)
    expect(away.pull).toMatchObject({ failures: 2, error: { code: 'pull_unavailable' } })
    expect(away.pull.nextAt! - begun).toBeGreaterThanOrEqual(600_000)
    answer = (request) => request.socket.destroy()
    expect((await runNow(id)).pull.error!.code).toBe('no_answer')
    // Breaks off half way: nothing of it is imported.
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('mail,city\nhalf@example.org,X\n')
      setTimeout(() => request.socket.destroy(), 50)
    }
    expect((await runNow(id)).pull.error!.code).toBe('no_answer')
    serve('mail,stadt\neve@example.org,Rome\n')
    const gone = await runNow(id)
    expect(gone.pull.error).toMatchObject({
      code: 'pull_columns_gone',
      message: expect.stringContaining('no column "city" any more') as string,
    })
    serve('')
    expect((await runNow(id)).run.outcome).toBe('empty')
    expect((await read(id)).failures).toBe(0)

    // A redirect into a network of our own is refused like a first address; to another server goes no password.
    answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    expect((await runNow(id)).pull.error).toMatchObject({ code: 'address_refused' })
    answer = (request, response) => {
      if (request.url === '/eve.csv') response.writeHead(302, { location: `${base.replace('127.0.0.1', 'localhost')}/moved` }).end()
      else response.writeHead(200).end('mail,city\neve@example.org,Rome\n')
    }
    const change = { name: 'Flaky', schedule: { kind: 'every', minutes: 30 } as const }
    const withKey = { kind: 'url', url, auth: { kind: 'header', name: 'X-Api-Key' } } as const
    await expect(world.app.call('changePull', { params: { id }, body: { ...change, place: withKey } })).rejects.toThrow(
      'pull_secret_missing',
    )
    await world.app.call('changePull', { params: { id }, body: { ...change, place: withKey, secret: 'key-of-the-crm' } })
    expect((await runNow(id)).run).toMatchObject({ outcome: 'imported', file: 'moved' })
    expect(asked.at(-2)).toMatchObject({ url: '/eve.csv', headers: { 'x-api-key': 'key-of-the-crm' } })
    expect(asked.at(-1)!.url).toBe('/moved')
    expect(asked.at(-1)!.headers).not.toHaveProperty('x-api-key')
    answer = (request, response) => {
      if (request.url === '/eve.csv') response.writeHead(302, { location: '/moved' }).end()
      else response.writeHead(200).end('mail,city\neve@example.org,Oslo\n')
    }
    expect((await runNow(id)).run).toMatchObject({ outcome: 'imported', file: 'moved' })
    expect(asked.at(-1)).toMatchObject({ url: '/moved', headers: { 'x-api-key': 'key-of-the-crm' } })
    answer = (_, response) => response.writeHead(302, { location: '/eve.csv' }).end()
    expect((await runNow(id)).pull.error).toMatchObject({
      code: 'pull_redirected',
      message: expect.stringContaining('more than 5 times') as string,
    })
    // The secret stays with its server.
    await world.app.call('changePull', { params: { id }, body: { ...change, name: 'Steady', place: withKey } })
    const elsewhere = { ...withKey, url: 'https://elsewhere.example/eve.csv' }
    await expect(world.app.call('changePull', { params: { id }, body: { ...change, place: elsewhere } })).rejects.toThrow('Enter it again')

    // Paused, it rests, also when it is due; asked for, it runs all the same.
    expect(await world.app.call('pausePull', { params: { id } })).toMatchObject({ state: 'paused', nextAt: null, name: 'Steady' })
    const { length } = await runsOf(id)
    await world.place.database.pool.query('update pulls set next_at = 0 where id = $1::uuid', [id])
    const again = await make({ name: 'Due', kind: 'people', place: { kind: 'url', url }, mapping })
    await world.place.database.pool.query('update pulls set next_at = 0 where id = $1::uuid', [again.id])
    serve('mail,city\neve@example.org,Oslo\n')
    await settled(again.id, 1)
    expect(await runsOf(id)).toHaveLength(length)
    expect((await runNow(id)).run.outcome).toBe('unchanged')
    expect((await world.app.call('resumePull', { params: { id } })).state).toBe('waiting')

    // Mapped anew, the file comes as a draft that keeps what is known; the old mapping holds until then.
    serve('mail,stadt\neve@example.org,Rome\n')
    await world.app.call('remapPull', { params: { id } })
    const { pull: remapped, run } = await settled(id, length + 2)
    expect(remapped).toMatchObject({
      state: 'to-map',
      draft: run.import,
      mapping: { columns: [{ to: 'email' }, { to: 'trait', name: 'town' }] },
    })
    expect((await importOf(run)).mapping.columns).toMatchObject([
      { column: 'mail', to: 'email' },
      { column: 'stadt', to: 'trait' },
    ])
    expect(await world.app.call('pausePull', { params: { id } })).toMatchObject({ state: 'to-map', paused: true })
    await world.app.call('deletePull', { params: { id } })
    await expect(read(id)).rejects.toThrow('pull_unknown')
    expect(await importOf(run)).toMatchObject({ pull: null })
  })

  test('objects of a bucket come in each once, oldest first, and again only when they change', { timeout: 180_000 }, async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, n))
    bucket.put('people/2026-01-02 (x+y)&ü.jsonl', '{"mail":"zoe@example.org","tier":"gold"}\n', day(2))
    bucket.put('people/2026-01-01.jsonl', '{"mail":"zoe@example.org","tier":"silver"}\n', day(1))
    bucket.put('people/', '', day(1))
    bucket.put('orders/1.jsonl', '{"no":1}\n', day(1))
    const s3 = {
      kind: 's3',
      endpoint: bucket.endpoint,
      region: 'eu-central-1',
      bucket: 'crm-exports',
      path: 'people/',
      pathStyle: true,
      accessKeyId: 'AKIDTEST',
    } as const
    const secret = bucketKeys.secretAccessKey
    const mapping = {
      file: { format: 'jsonl' } as const,
      columns: [
        { column: 'mail', to: 'email' as const },
        { column: 'tier', to: 'trait' as const },
        { column: 'note', to: 'trait' as const },
      ],
    }
    const { id } = await make({ name: 'Lake', kind: 'people', place: s3, secret, mapping })
    await world.app.call('runPull', { params: { id } })
    const { run } = await settled(id, 2)
    expect((await runsOf(id)).map(({ outcome, file }) => [outcome, file])).toEqual([
      ['imported', '2026-01-02 (x+y)&ü.jsonl'],
      ['imported', '2026-01-01.jsonl'],
    ])
    await expect.poll(async () => (await importOf(run)).state, { timeout: 60_000 }).toBe('done')
    expect(await traitsOf('zoe@example.org')).toMatchObject({ tier: 'gold' })
    expect((await runNow(id)).run.outcome).toBe('unchanged')
    bucket.put('people/2026-01-01.jsonl', '{"mail":"zoe@example.org","tier":"bronze"}\n', day(3))
    expect((await runNow(id)).run).toMatchObject({ outcome: 'imported', file: '2026-01-01.jsonl' })
    expect((await runNow(id)).run.outcome).toBe('unchanged')
    expect(bucket.asked.filter(({ request }) => request.startsWith('GET /crm-exports/people')).map(({ status }) => status)).toEqual([
      200, 200, 200,
    ])

    const change = async (place: object, with_: { secret?: string } = { secret }) => {
      await world.app.call('changePull', { params: { id }, body: { name: 'Lake', schedule: daily, place: { ...s3, ...place }, ...with_ } })
      return (await runNow(id)).pull.error
    }
    expect((await change({}, { secret: 'wrong' }))?.message).toMatch(/SignatureDoesNotMatch. The secret access key is not the one/)
    expect((await change({ accessKeyId: 'AKIDNOBODY' }))?.message).toMatch(/Nobody has the access key AKIDNOBODY/)
    expect((await change({ bucket: 'elsewhere' }))?.message).toMatch(/no bucket "elsewhere"/)
    expect((await change({ region: 'us-east-1' }))?.message).toMatch(/another region/)
    expect((await change({ take: 'object', path: 'people/none.jsonl' }))?.message).toMatch(/no object "people\/none.jsonl"/)
    expect((await change({ take: 'object', path: 'people/slow-down' }))?.code).toBe('pull_unavailable')
    expect((await change({ endpoint: base }))?.code).toMatch(/pull_refused|pull_unavailable/)
    // One object by its name: its ETag says whether it is another.
    expect(await change({ take: 'object', path: 'people/2026-01-01.jsonl' })).toBeNull()
    expect((await runNow(id)).run.outcome).toBe('unchanged')
    expect(bucket.asked.at(-1)!.status).toBe(304)
  })

  test(
    'a bad object of a bucket is set aside after three tries, the newer ones go on, and a bucket is listed once',
    { timeout: 180_000 },
    async () => {
      const names = Array.from({ length: 5 }, (_, n) => `till/${n}.csv`)
      names.forEach((name, n) =>
        bucket.put(name, n === 1 ? 'mail,x\na,1\n' : `mail,tier\nt${n}@example.org,gold\n`, new Date(Date.UTC(2026, 0, 1 + n))),
      )
      const place = {
        kind: 's3',
        endpoint: bucket.endpoint,
        region: 'eu-central-1',
        bucket: 'crm-exports',
        path: 'till/',
        pathStyle: true,
        accessKeyId: 'AKIDTEST',
      } as const
      const mapping = {
        file: { format: 'csv', delimiter: ',' } as const,
        columns: [
          { column: 'mail', to: 'email' as const },
          { column: 'tier', to: 'trait' as const },
        ],
      }
      const from = bucket.asked.length
      const { id } = await make({ name: 'Till', kind: 'people', place, secret: bucketKeys.secretAccessKey, mapping })
      await world.app.call('runPull', { params: { id } })
      const first = await settled(id, 2)
      expect(first.run).toMatchObject({ outcome: 'failed', file: '1.csv', error: { code: 'pull_columns_gone' } })
      expect(first.pull).toMatchObject({ state: 'failing', failures: 1, aside: [] })
      const again = () => world.app.call('runPull', { params: { id } })
      await again()
      expect((await settled(id, 3)).pull).toMatchObject({ failures: 2, aside: [] })
      await again()
      const { pull } = await settled(id, 7)
      expect(pull).toMatchObject({ state: 'waiting', failures: 0, error: null })
      expect(pull.aside).toMatchObject([{ name: 'till/1.csv', error: { message: expect.stringContaining('no column "tier"') as string } }])
      expect((await runsOf(id)).map(({ outcome, file }) => [outcome, file])).toEqual([
        ...['4.csv', '3.csv', '2.csv'].map((file) => ['imported', file]),
        ...[0, 1, 2].map(() => ['failed', '1.csv']),
        ['imported', '0.csv'],
      ])
      // Three pages a listing, and one listing when it begins and after each failure.
      const lists = () => bucket.asked.slice(from).filter(({ request }) => request.includes('list-type=2')).length
      expect(lists()).toBe(4 * 3)

      // By hand it is tried once more; when it has changed it is another.
      const name = 'till/1.csv'
      await expect(world.app.call('retryPullFile', { params: { id }, body: { name: 'till/0.csv' } })).rejects.toThrow('pull_file_unknown')
      await world.app.call('retryPullFile', { params: { id }, body: { name } })
      const tried = await settled(id, 9)
      expect((await runsOf(id)).slice(0, 2).map(({ outcome }) => outcome)).toEqual(['unchanged', 'failed'])
      expect(tried.pull.aside).toHaveLength(1)
      bucket.put(name, 'mail,tier\nt1@example.org,gold\n', new Date(Date.UTC(2026, 0, 9)))
      expect((await runNow(id)).run).toMatchObject({ outcome: 'imported', file: '1.csv' })
      expect((await read(id)).aside).toEqual([])

      // Sealed under another key it says what to do, and the others go on.
      const other = makeSecrets(Buffer.alloc(32, 9)).encrypt('{"url":null,"secret":"x"}')
      await world.place.database.pool.query('update pulls set sealed = $2::bytea where id = $1::uuid', [id, other])
      expect((await runNow(id)).pull.error).toMatchObject({
        code: 'secret_unreadable',
        message: expect.stringContaining('or enter the secret again') as string,
      })
      await world.app.call('changePull', {
        params: { id },
        body: { name: 'Till', schedule: daily, place, secret: bucketKeys.secretAccessKey },
      })
      expect((await runNow(id)).pull).toMatchObject({ state: 'waiting', error: null })
    },
  )

  test('of several servers one fetches, and what one left behind when it was killed another takes up', { timeout: 180_000 }, async () => {
    const second = await world.place.start({
      roles: { serve: true, work: false },
      environment: {
        THROUGHLINE_ALLOW_PRIVATE_ADDRESSES: '127.0.0.1/32',
        THROUGHLINE_SECRET_KEY: secretKey,
        THROUGHLINE_DATA_DIR: otherDir,
      },
    })
    serve('mail\nsolo@example.org\n')
    const mapping = { file: { format: 'csv' } as const, columns: [{ column: 'mail', to: 'email' as const }] }
    const ids = []
    for (let n = 0; n < 6; n++)
      ids.push((await make({ name: `Solo ${n}`, kind: 'people', place: { kind: 'url', url: `${base}/solo-${n}` }, mapping })).id)
    await world.place.database.pool.query('update pulls set next_at = 0 where id = any($1::uuid[])', [ids])
    for (const id of ids) expect((await settled(id, 1)).run.outcome).toBe('imported')
    expect(asked.filter(({ url }) => url.startsWith('/solo-'))).toHaveLength(6)
    // A lease whose holder is gone runs out.
    await world.place.database.pool.query('update pulls set next_at = 0, lease_until = $2::int8 where id = $1::uuid', [
      ids[0],
      Date.now() + 1_500,
    ])
    expect((await settled(ids[0]!, 2)).run.outcome).toBe('unchanged')
    await second.stop()
  })
}
