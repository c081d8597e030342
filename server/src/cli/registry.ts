import { apply } from './apply.ts'
import type { CliCommand } from './command.ts'
import { demo } from './demo.ts'
import { doctor } from './doctor.ts'
import { events } from './events-tail.ts'
import { exportCommand } from './export.ts'
import { hook } from './hook.ts'
import { importCommand } from './import.ts'
import { list } from './list.ts'
import { migrate } from './migrate.ts'
import { pull } from './pull.ts'
import { profile } from './profile.ts'
import { rfm } from './rfm.ts'
import { restore } from './restore.ts'
import { segment } from './segment.ts'
import { serve, start, work } from './start.ts'

export type CommandName =
  | 'start'
  | 'serve'
  | 'work'
  | 'migrate'
  | 'import'
  | 'export'
  | 'list'
  | 'pull'
  | 'hook'
  | 'segment'
  | 'rfm'
  | 'apply'
  | 'demo'
  | 'events'
  | 'profile'
  | 'restore'
  | 'doctor'

/** Every command, in the order in which the help shows them. */
export const commands: Record<CommandName, CliCommand> = {
  start,
  serve,
  work,
  migrate,
  import: importCommand,
  export: exportCommand,
  list,
  pull,
  hook,
  segment,
  rfm,
  apply,
  demo,
  events,
  profile,
  restore,
  doctor,
}
