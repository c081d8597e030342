// Which folder imports which: compared with the list in scripts/edges.txt, so that a new edge is a decision somebody sees.
// npm run check:edges fails on a difference and on a broken rule; npm run edges writes the list anew.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { root } from './lib/root.mjs'

const list = join(root, 'scripts/edges.txt')
const PACKAGES = { '@throughline/contracts': 'contracts', '@throughline/engine': 'engine' }
const SOURCES = ['contracts/src', 'engine/src', 'server/src', 'console/src']

/** The part of the program that a file belongs to: contracts, engine/conditions, server/platform/http, server/pipeline … */
function partOf(file) {
  const [top, , ...rest] = file.split('/')
  const folders = rest.slice(0, -1)
  if (top === 'contracts' || top === 'console') return top
  if (top === 'engine') return ['engine', folders[0]].filter(Boolean).join('/')
  return ['server', ...folders.slice(0, folders[0] === 'platform' ? 2 : 1)].join('/')
}

function* filesIn(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory() && !['test', 'node_modules', 'dist'].includes(entry.name)) yield* filesIn(path)
    else if (/\.tsx?$/.test(entry.name) && !/\.(test|d)\.tsx?$/.test(entry.name)) yield path
  }
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"();]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g

/** Every edge, with a file it comes from. An import past a folder's door is an edge of its own, with the file behind it. */
export function findEdges() {
  const edges = new Map()
  for (const folder of SOURCES) {
    for (const file of filesIn(folder)) {
      for (const match of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
        const wanted = match[1] ?? match[2] ?? match[3]
        const target = wanted.startsWith('.')
          ? relative(root, resolve(root, dirname(file), wanted))
              .split(sep)
              .join('/')
          : undefined
        const to = target === undefined ? PACKAGES[wanted] : partOf(target)
        const from = partOf(file)
        if (to === undefined || to === from) continue
        const isDoor =
          target === undefined ||
          target.endsWith('/index.ts') ||
          to === 'engine' ||
          !target.startsWith('server/') ||
          target.startsWith('server/src/app/')
        const edge = `${from} -> ${isDoor ? to : target.replace('server/src/', 'server/')}`
        if (!edges.has(edge)) edges.set(edge, file)
      }
    }
  }
  return edges
}

const RULES = [
  [/^contracts -> /, 'contracts import nothing'],
  [/^engine(\/\w+)? -> (?!contracts|engine)/, 'the engine imports contracts and nothing else'],
  [/^server\/platform\/\S+ -> (?!contracts|server\/platform)/, 'the platform knows no domain'],
  [/^console -> (?!contracts|engine)/, 'the console is a client of the API'],
  [/^server\/(?!app|cli)\S+ -> server\/(app|cli)\b/, 'only app and cli know everyone'],
]

if (process.argv[1] && resolve(process.argv[1]) === join(root, 'scripts/check-edges.mjs')) {
  const edges = findEdges()
  const now = [...edges.keys()].sort()
  const problems = now.flatMap((edge) =>
    RULES.filter(([pattern]) => pattern.test(edge)).map(([, rule]) => `${edge}  (in ${edges.get(edge)}): ${rule}.`),
  )
  if (process.argv[2] === '--write') {
    writeFileSync(list, `${now.join('\n')}\n`)
  } else {
    const known = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : []
    for (const edge of now)
      if (!known.includes(edge))
        problems.push(`New edge: ${edge}  (in ${edges.get(edge)}). If it is meant, npm run edges adds it to scripts/edges.txt.`)
    for (const edge of known)
      if (!now.includes(edge)) problems.push(`No longer there: ${edge}. npm run edges takes it off scripts/edges.txt.`)
  }
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
