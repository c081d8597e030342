import type { Command } from 'commander'
import { flagOf, readConfig, settings, type Config, type SettingName } from '../app/config.ts'
import type { Setting } from '../app/settings.ts'

/** One command of `throughline`: a file of this folder and a line in the registry. */
export interface CliCommand {
  /** Adds itself, its options and its action. Actions throw; {@link main} says what was wrong and sets the exit code. */
  add(program: Command): void
}

/** Adds `--config` and the flags of some settings; all that have one when none are named. */
export function addConfigFlags(command: Command, names: readonly SettingName[] = Object.keys(settings) as SettingName[]): Command {
  command.option('--config <file>', 'Configuration file; default throughline.yaml in the data folder')
  for (const name of names) {
    const setting: Setting<unknown> = settings[name]
    if (setting.flag) command.option(setting.flag, `${setting.about} (${setting.variable})`)
  }
  return command
}

/** The configuration for a command that has the flags of {@link addConfigFlags}; what was overruled goes to standard error. */
export function configOf(options: object): Config {
  // Only flags of settings: `--api-key` of a command that calls a server shares its name with a setting, and is none.
  const known = Object.fromEntries(
    Object.entries(options).filter(([name]) => name === 'config' || (name in settings && flagOf(name as SettingName) !== undefined)),
  )
  const { config, notes } = readConfig({ flags: known })
  for (const note of notes) process.stderr.write(`Note: ${note}\n`)
  return config
}

/** Writes the answer of a command: as one JSON value with `--json`, else as lines for people. */
export function show(json: boolean | undefined, value: unknown, lines: () => readonly string[]): void {
  process.stdout.write(
    json
      ? `${JSON.stringify(value)}\n`
      : lines()
          .map((line) => `${line}\n`)
          .join(''),
  )
}
