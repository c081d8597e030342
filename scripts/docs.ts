/**
 * npm run docs writes docs/configuration.md from the table of settings; npm run check:docs fails when it says something
 * else, and when docs/errors.md and the code name different error codes.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { settings, type SettingName } from '../server/src/app/config.ts'
import type { Setting } from '../server/src/app/settings.ts'

const problems = process.argv[2] === '--check' ? [...checkConfiguration(), ...checkErrors()] : []
if (process.argv[2] !== '--check') writeFileSync('docs/configuration.md', describeConfiguration())
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

function describeConfiguration(): string {
  const rows = Object.entries(settings as Record<SettingName, Setting<unknown>>).map(([name, setting]) => {
    const fallback = setting.read.safeParse(undefined)
    const shown =
      name === 'dataDir'
        ? '.throughline'
        : fallback.success && fallback.data !== undefined && !Array.isArray(fallback.data)
          ? String(fallback.data)
          : ''
    const cells = [
      `\`${setting.variable}\``,
      setting.flag ? `\`${setting.flag.split(' ')[0]}\`` : '',
      `\`${name}\``,
      shown && `\`${shown}\``,
      `${setting.about}.`,
      setting.allowed,
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return `# Configuration

Nothing has to be configured. What is can stand in three places; a flag counts less than the file, and the file less than
the environment: \`throughline.yaml\` in the data folder (or the file of \`--config\`) holds lines such as \`port: 4800\`.
A value that is not allowed keeps the program from starting, with a message that names the place, the value and what is allowed.
This page is written by \`npm run docs\`.

| variable | flag | in the file | without it | what it does | allowed |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

function checkConfiguration(): string[] {
  return readFileSync('docs/configuration.md', 'utf8') === describeConfiguration()
    ? []
    : ['docs/configuration.md is not what the table of settings says. Run npm run docs and commit it.']
}

/** Codes stand as text in files named errors.ts (or *-error.ts), and as the first cell of a row in docs/errors.md. */
function checkErrors(): string[] {
  const inCode = new Map<string, string>()
  for (const path of readdirSync('server/src', { recursive: true, encoding: 'utf8' })) {
    if (!/(^|[\\/]|-)errors?\.ts$/.test(path) || path.includes('child')) continue
    const code = readFileSync(`server/src/${path}`, 'utf8').replace(/new \w+\([^)]*\)/g, '')
    for (const [, found = ''] of code.matchAll(/'([a-z][a-z0-9]*(?:_[a-z0-9]+)+)'/g)) inCode.set(found, path)
  }
  const inDocs = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map((match) => match[1] ?? '')
  return [
    ...[...inCode]
      .filter(([code]) => !inDocs.includes(code))
      .map(([code, path]) => `docs/errors.md does not explain ${code} (server/src/${path}).`),
    ...inDocs.filter((code) => !inCode.has(code)).map((code) => `docs/errors.md explains ${code}, which no errors.ts names.`),
    ...inDocs.filter((code, index) => inDocs.indexOf(code) !== index).map((code) => `docs/errors.md explains ${code} twice.`),
  ]
}
