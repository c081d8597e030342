import { createWriteStream, openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FileImport, ImportCounts, ImportKind } from '@throughline/contracts'
import type { Command } from 'commander'
import { CallError, callServer, downloadFrom, findServer, uploadTo, type Server } from './api-client.ts'
import { addConfigFlags, configOf, show } from './command.ts'

interface Options {
  readonly mapping?: string
  readonly list?: string
  readonly triggerJourneys?: boolean
  readonly dryRun?: boolean
  readonly errors?: string
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

const commands: { readonly [K in ImportKind]: readonly [name: string, what: string] } = {
  people: ['people', 'people: traits, ids, opt-outs'],
  events: ['events', 'events of people'],
  orders: ['order-rows', 'orders, a row an order or a row a line of one'],
  consents: ['consents', 'consents and opt-outs'],
  suppressions: ['suppressions', 'addresses that are to get nothing'],
}

/** `throughline import people FILE` and its siblings: upload, check, import, with a bar. */
export function addFileImports(group: Command): void {
  for (const [kind, [name, what]] of Object.entries(commands) as [ImportKind, (typeof commands)[ImportKind]][]) {
    addConfigFlags(group.command(`${name} <file>`).description(`Import ${what}, out of CSV, JSON lines or Excel`), ['dataDir'])
      .option('--mapping <name>', 'A saved mapping, by its name; chosen by the names of the columns otherwise')
      .option('--list <id>', 'The list that everybody in the file joins')
      .option('--trigger-journeys', 'Let these events start and move journeys, as if they happened now')
      .option('--dry-run', 'Check the whole file and say what would come of it; nothing is imported')
      .option('--errors <file>', 'Where the rows that were refused are written to, as CSV')
      .option('--url <address>', 'Another server; needs an API key')
      .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
      .option('--json', 'Answer as JSON')
      .action((file: string, options: Options) => run(kind, file, options, configOf(options).dataDir))
  }
}

async function run(kind: ImportKind, file: string, options: Options, dataDir: string): Promise<void> {
  const server = findServer({ url: options.url, apiKey: options.apiKey, dataDir })
  const body = await openAsBlob(file).catch((cause: unknown) => {
    throw new CallError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  })
  const made = await uploadTo(server, 'uploadImport', { query: { kind, name: basename(file).slice(0, 200) } }, body)
  const { id } = made
  const wanted = options.mapping === undefined ? null : await findMapping(server, kind, options.mapping)
  const mapping = wanted === null ? made.mapping : { ...wanted, file: { ...made.mapping.file, ...pick(wanted.file) } }
  await callServer(server, 'mapImport', {
    params: { id },
    body: { mapping, options: { list: options.list ?? null, triggers: options.triggerJourneys === true } },
  })
  const done = await follow(server, id, options.dryRun === true ? 'checkImport' : 'startImport')
  const counts = (options.dryRun === true ? done.check : done.counts) ?? done.counts
  if (options.errors !== undefined && counts.refused > 0) {
    const query = { phase: options.dryRun === true ? 'check' : 'run' } as const
    const chunks = await downloadFrom(server, 'importErrorsFile', { params: { id }, query })
    await pipeline(Readable.fromWeb(chunks), createWriteStream(options.errors))
  }
  if (options.dryRun === true) await callServer(server, 'deleteImport', { params: { id } })
  if (done.state === 'failed' || done.error !== null) throw new CallError(`The import failed: ${done.error ?? 'no reason was given'}`)
  show(options.json, { id, state: done.state, counts, joined: done.joined }, () => describe(done, counts, options))
}

/** What a saved mapping says about values; how the file itself is made was seen in it. */
function pick({ decimalMark, dateOrder, zone, currency }: FileImport['mapping']['file']) {
  return { decimalMark, dateOrder, zone, currency }
}

async function findMapping(server: Server, kind: ImportKind, name: string): Promise<FileImport['mapping']> {
  const { items } = await callServer(server, 'savedMappings', {})
  const found = items.find((one) => one.kind === kind && (one.id === name || one.name.toLowerCase() === name.toLowerCase()))
  if (found !== undefined) return found.mapping
  const known = items.filter((one) => one.kind === kind).map((one) => one.name)
  throw new CallError(`There is no saved mapping "${name}" for ${kind}; there is ${known.join(', ') || 'none'}.`)
}

async function follow(server: Server, id: string, route: 'checkImport' | 'startImport'): Promise<FileImport> {
  const bar = process.stderr.isTTY
  let now = await callServer(server, route, { params: { id } })
  while (now.state === 'checking' || now.state === 'running') {
    await sleep(500)
    now = await callServer(server, 'fileImport', { params: { id } })
    const { rows } = (route === 'checkImport' ? now.check : now.counts) ?? now.counts
    const filled = Math.round(now.progress * 30)
    if (bar)
      process.stderr.write(`\r${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${Math.floor(now.progress * 100)} %  ${rows} rows\u001b[K`)
  }
  if (bar) process.stderr.write('\r\u001b[K')
  return now
}

function describe(done: FileImport, counts: ImportCounts, options: Options): string[] {
  const would = options.dryRun === true
  return [
    `${counts.rows} rows ${would ? 'checked' : 'imported'}: ${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.refused} refused.`,
    ...(counts.kept > 0 ? [`${counts.kept} consents were left out, since these people have opted out.`] : []),
    ...(options.list !== undefined && !would ? [`${done.joined} joined the list ${options.list}.`] : []),
    ...(counts.refused > 0 && options.errors === undefined ? ['--errors FILE writes the refused rows with their reasons to a file.'] : []),
    ...(would ? ['Nothing was imported.'] : []),
  ]
}
