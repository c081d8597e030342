import { generateKeyPairSync } from 'node:crypto'
import { templateSchema } from '@throughline/contracts'
import { defaultSettings } from '../server/src/accounts/settings.ts'
import { composeEmail } from '../server/src/channels/email/compose.ts'
import { readDkimKey } from '../server/src/channels/email/dkim.ts'
import { writeEmail } from '../server/src/channels/email/smtp.ts'
import { makeLinks } from '../server/src/channels/links/index.ts'
import { compress, frame } from '../server/src/channels/messages/pack.ts'
import type { ContentOf, Draft, Outgoing } from '../server/src/channels/port.ts'
import { readExamples } from '../server/src/demo/examples.ts'
import { makeSecrets } from '../server/src/platform/secrets/index.ts'
import { compileTemplate, type CompiledTemplate } from '../server/src/templates/compile.ts'
import { template } from './lib/latency-run.ts'
import { median, report } from './lib/report.ts'

/*
 * An e-mail for one person, from the parsed template to the bytes that go over the wire, in CPU time of one thread: its texts, the links
 * that are signed for this person, MIME; beside it what its copy costs. The reference is what nobody can do without: as many characters put together, and made bytes. In
 * turns, so that a slow hour shows in both; the median of five.
 */
const MESSAGES = process.argv.includes('--small') ? 2_000 : 20_000
const ROUNDS = 5
/** Held at the same time, as many as a sender has under way at most; memory is given back as there. */
const SLICE = 200

const settings = { ...defaultSettings('https://track.shop.example'), name: 'Tea & Co', zone: 'Europe/Berlin' }
const links = makeLinks(makeSecrets(Buffer.alloc(32, 7)))
const config = { kind: 'smtp', host: '127.0.0.1', port: 25, secure: false, from: 'bench@shop.example' } as const
const { privateKey } = generateKeyPairSync('ed25519')
const key = readDkimKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
const dkim = { domain: 'shop.example', selector: 's1', key }

interface Times {
  readonly compose: number
  readonly write: number
  readonly sign: number
  readonly copy: number
  readonly bare: number
}

const bench = await measure(template('bench', 'Live'))
const example = await measure((await readExamples()).find(({ raw }) => (raw as { id?: unknown }).id === 'cart-reminder-email')?.raw)
report({
  bench: 'write-email',
  value: bench.compose + bench.write,
  unit: 'CPU µs for an e-mail written for one person',
  reference: bench.bare,
  detail: {
    reference: 'as many characters put together from forty pieces and made bytes',
    messages: MESSAGES,
    bytes: bench.bytes,
    composeMicroseconds: bench.compose,
    writeMicroseconds: bench.write,
    signedMicroseconds: bench.sign,
    copyMicroseconds: bench.copy,
    copyBytes: bench.copyBytes,
    example: {
      template: 'cart-reminder-email, of MJML',
      bytes: example.bytes,
      composeMicroseconds: example.compose,
      writeMicroseconds: example.write,
      copyMicroseconds: example.copy,
      copyBytes: example.copyBytes,
      bareMicroseconds: example.bare,
    },
  },
})

async function measure(definition: unknown): Promise<Times & { readonly bytes: number; readonly copyBytes: number }> {
  const parsed = templateSchema.parse(definition)
  if (parsed.channel !== 'email') throw new TypeError('the template is none of e-mail')
  const compiled = await compileTemplate<'email'>(parsed)
  const sample = outgoingOf(draftOf(compiled, 0))
  const { length: bytes } = writeEmail(sample, sample.address, null, '8bit')
  const { length: copyBytes } = copyOf(sample)
  const pieces = Array.from({ length: 40 }, () => 'x'.repeat(Math.floor(bytes / 40)))
  const rounds: Times[] = []
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const spent = { compose: 0, write: 0, sign: 0, copy: 0, bare: 0 }
    for (let from = 0; from < MESSAGES; from += SLICE) {
      const drafts = Array.from({ length: SLICE }, (_, index) => draftOf(compiled, from + index))
      let messages: Outgoing<'email'>[] = []
      spent.compose += cpuOf(() => (messages = drafts.map(outgoingOf)))
      spent.write += cpuOf(() => messages.map((message) => writeEmail(message, message.address, null, '8bit')))
      spent.copy += cpuOf(() => messages.map(copyOf))
      spent.bare += cpuOf(() => drafts.map((draft) => Buffer.from(joinBare(pieces, draft.id))))
      // A signature costs more than all the rest: of fewer.
      if (from === 0) spent.sign = cpuOf(() => messages.map((message) => writeEmail(message, message.address, dkim, '8bit')))
    }
    rounds.push({
      compose: spent.compose / MESSAGES,
      write: spent.write / MESSAGES,
      sign: spent.sign / SLICE,
      copy: spent.copy / MESSAGES,
      bare: spent.bare / MESSAGES,
    })
  }
  const of = (what: keyof Times): number => Math.round(median(rounds.slice(1).map((round) => round[what])) * 10) / 10
  return { bytes, copyBytes, compose: of('compose'), write: of('write'), sign: of('sign'), copy: of('copy'), bare: of('bare') }
}

/** Its copy as it is kept, once what it has in common with others is. */
function copyOf({ content }: Outgoing<'email'>): Buffer {
  return compress(frame(content, () => true))
}

function joinBare(pieces: readonly string[], id: string): string {
  let joined = id
  for (const piece of pieces) joined += piece
  return joined
}

function outgoingOf(draft: Draft<'email'>): Outgoing<'email'> {
  const { id, shard, profileId, person, address, createdAt } = draft
  const content: ContentOf<'email'> = composeEmail(draft, { links })
  return { id, shard, profileId, personId: person.id, address, createdAt, content }
}

function draftOf(compiled: CompiledTemplate<'email'>, n: number): Draft<'email'> {
  const profileId = `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
  const email = `person-${n}@example.com`
  return {
    id: `campaign:spring:${profileId}`,
    shard: 1,
    profileId,
    person: { id: profileId, traits: { email, firstName: `Person ${n}` } },
    address: email,
    purpose: 'marketing',
    template: compiled,
    variables: {
      event: {
        name: 'Bench Event',
        properties: {
          n,
          name: 'Tea & Cup',
          price: 4.5,
          quantity: 2,
          items: [
            { name: 'Tea', price: 4.5 },
            { name: 'Cup', price: 12 },
          ],
        },
      },
      journey: {},
    },
    settings,
    tracking: true,
    createdAt: 0,
    config,
  }
}

/** CPU microseconds of this process. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
