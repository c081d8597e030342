import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { ConfigError } from './errors.ts'
import { settings, type Config, type Setting, type SettingName } from './settings.ts'

export type { Config, SettingName } from './settings.ts'
export { settings } from './settings.ts'
export { ConfigError } from './errors.ts'

type Given = Partial<Record<SettingName, unknown>>
interface Place {
  readonly values: Given
  /** What the operator wrote there, such as `THROUGHLINE_PORT` or `--port`. */
  name(setting: SettingName): string
}

const names = Object.keys(settings) as SettingName[]

/**
 * Reads the configuration. A flag counts less than the file, the file less than the environment.
 * @param given.flags as commander parsed them, plus `config`, the path of a file
 * @returns the configuration, and sentences about flags that something stronger overruled
 * @throws ConfigError naming each variable that is wrong, its value, and what is allowed
 */
export function readConfig(given: { flags?: Given & { config?: string }; environment?: NodeJS.ProcessEnv } = {}): {
  config: Config
  notes: string[]
} {
  const { config: file, ...flags } = given.flags ?? {}
  const environment = given.environment ?? process.env
  const fromEnvironment: Place = {
    values: Object.fromEntries(names.map((name) => [name, environment[settings[name].variable] || undefined])),
    name: (setting) => settings[setting].variable,
  }
  const fromFlags: Place = { values: flags, name: (setting) => flagOf(setting) ?? setting }
  const folder = String(fromEnvironment.values.dataDir ?? flags.dataDir ?? '.throughline')
  const fromFile = readFile(file, join(folder, 'throughline.yaml'))

  const problems: string[] = []
  const notes: string[] = []
  const config: Record<string, unknown> = {}
  for (const name of names) {
    const places = [fromEnvironment, fromFile, fromFlags].filter((place) => place.values[name] !== undefined)
    const strongest = places[0]
    const setting: Setting<unknown> = settings[name]
    const result = setting.read.safeParse(strongest?.values[name])
    if (result.success) config[name] = result.data
    else
      problems.push(
        `${strongest?.name(name) ?? setting.variable} is ${showValue(setting, strongest?.values[name])}; allowed: ${setting.allowed}.`,
      )
    if (strongest && strongest !== fromFlags && flags[name] !== undefined && String(flags[name]) !== String(strongest.values[name])) {
      notes.push(`${fromFlags.name(name)} is overruled by ${strongest.name(name)}.`)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { config: Object.freeze(config) as Config, notes }
}

function showValue(setting: Setting<unknown>, value: unknown): string {
  const shown = setting.secret === 'address' ? maskAddress(String(value)) : setting.secret ? null : JSON.stringify(value)
  return shown ?? 'not usable (its value is not shown)'
}

/** An address without name, password and options; null where a password cannot be told from the rest. */
export function maskAddress(value: string): string | null {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value)?.[0]
  if (scheme === undefined) return null
  const rest = value.slice(scheme.length)
  // An @ behind a question mark may be part of a password, in an option or before the host: nobody can tell which.
  if (/[?#].*@/s.test(rest)) return null
  const host = rest.slice(rest.lastIndexOf('@') + 1).replace(/[?#].*/, '?…')
  return `"${scheme}${rest.includes('@') ? '***@' : ''}${host}"`
}

/** `--port` out of `--port <number>`; undefined for a setting that has no flag. */
export function flagOf(name: SettingName): string | undefined {
  return (settings[name] as Setting<unknown>).flag?.split(' ')[0]
}

function readFile(named: string | undefined, usual: string): Place {
  const path = resolve(named ?? usual)
  const place = (setting: SettingName): string => `${setting} in ${path}`
  if (named === undefined && !existsSync(path)) return { values: {}, name: place }
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8')) ?? {}
  } catch (error) {
    throw new ConfigError([`The configuration file ${path} cannot be read: ${(error as Error).message}`])
  }
  if (typeof content !== 'object' || Array.isArray(content) || content === null)
    throw new ConfigError([`The configuration file ${path} holds no settings; allowed: lines such as "port: 4800".`])
  const unknown = Object.keys(content).filter((key) => !names.includes(key as SettingName))
  if (unknown.length > 0)
    throw new ConfigError(unknown.map((key) => `${path} has a setting "${key}" that does not exist; allowed: ${names.join(', ')}.`))
  return { values: content, name: place }
}
