import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { definitionSchema, type Definition, type JourneyDefinition } from '@throughline/contracts'
import { parseAllDocuments } from 'yaml'

/** Something that a journey hears or asks: an event that the shop has to send, or a trait that people have to have. */
export interface Need {
  readonly kind: 'event' | 'trait'
  readonly name: string
  /** When it is sent, and what has to be in it. */
  readonly about: string
}

/** What its README says of a ready-made journey. */
export interface About {
  readonly name: string
  readonly kind: string
  readonly made: string | null
  readonly use: string
  readonly needs: readonly Need[]
  readonly change: readonly string[]
}

export interface ReadyMade extends About {
  readonly id: string
  readonly journey: JourneyDefinition
  /** Its segments and templates. */
  readonly others: readonly Definition[]
  /** The files of its folder with their texts, by path. */
  readonly files: ReadonlyMap<string, string>
}

/** The address that all links begin with, until a shop has said its own. */
export const placeholderSite = 'https://shop.example'

/** Where they are: beside the built program, and seen from the sources. */
const folder =
  ['./ready-made/', '../../../../ready-made/']
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((place) => existsSync(place)) ?? 'ready-made'

let read: Promise<readonly ReadyMade[]> | undefined

/** All ready-made journeys that come with the program, by name; read once. */
export function readReadyMade(): Promise<readonly ReadyMade[]> {
  read ??= readAll()
  return read
}

async function readAll(): Promise<readonly ReadyMade[]> {
  const ids = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isDirectory()).map(({ name }) => name)
  const all = await Promise.all(ids.map(readOne))
  return all.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function readOne(id: string): Promise<ReadyMade> {
  const paths = (await readdir(join(folder, id), { recursive: true, encoding: 'utf8' }))
    .filter((path) => /\.(?:md|yaml)$/.test(path))
    .sort()
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, id, path), 'utf8')))
  const files = new Map(paths.map((path, index) => [path.replaceAll('\\', '/'), texts[index]!]))
  const definitions = [...files]
    .filter(([path]) => path.endsWith('.yaml'))
    .flatMap(([, text]) => [...parseAllDocuments(text)].map((document) => definitionSchema.parse(document.toJS())))
  const journey = definitions.find((one) => one.kind === 'journey')
  if (journey === undefined) throw new Error(`the ready-made journey ${id} has no journey in its folder`)
  return { id, ...readAbout(files.get('README.md') ?? ''), journey, others: definitions.filter((one) => one !== journey), files }
}

/** Reads what a README says: title, line of kind and trade, a sentence, and the lists below two headings. */
export function readAbout(text: string): About {
  const [head = '', needs = '', change = ''] = text.split(/^## .*$/m)
  const [title = '', kinds = '', use = ''] = head.split(/\n{2,}/).map((part) => part.trim().replaceAll('\n', ' '))
  const [kind = '', made] = kinds.split(' · ')
  const items = (part: string): string[] => [...part.matchAll(/^- (.+)$/gm)].map(([, item]) => item!)
  return {
    name: title.replace(/^# /, ''),
    kind,
    made: made ?? null,
    use,
    needs: items(needs).map((item) => {
      const [, trait, name = '', about = ''] = /^(trait )?`([^`]+)`: (.*)$/.exec(item) ?? []
      return { kind: trait === undefined ? 'event' : 'trait', name, about }
    }),
    change: items(change),
  }
}
