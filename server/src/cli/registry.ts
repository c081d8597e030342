import { account } from './account.ts'
import { answerRates } from './answer-rates.ts'
import { apply } from './apply.ts'
import { campaign } from './campaign.ts'
import type { CliCommand } from './command.ts'
import { connector } from './connector.ts'
import { audience } from './audience.ts'
import { coupon } from './coupon.ts'
import { demo } from './demo.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { events } from './events-tail.ts'
import { exportCommand } from './export.ts'
import { form } from './form.ts'
import { importCommand } from './import.ts'
import { journey } from './journey.ts'
import { list } from './list.ts'
import { migrate } from './migrate.ts'
import { pull } from './pull.ts'
import { profile } from './profile.ts'
import { rehearse } from './rehearse.ts'
import { rfm } from './rfm.ts'
import { restore } from './restore.ts'
import { segment } from './segment.ts'
import { serve, start, work } from './start.ts'
import { shopEvent } from './shop-event.ts'
import { stopAll } from './stop-all.ts'
import { task } from './task.ts'
import { validate } from './validate.ts'

export type CommandName =
  | 'start'
  | 'serve'
  | 'work'
  | 'migrate'
  | 'import'
  | 'export'
  | 'list'
  | 'coupon'
  | 'task'
  | 'audience'
  | 'form'
  | 'connector'
  | 'segment'
  | 'journey'
  | 'campaign'
  | 'shop-event'
  | 'stop-all'
  | 'rfm'
  | 'answer-rates'
  | 'validate'
  | 'diff'
  | 'rehearse'
  | 'apply'
  | 'pull'
  | 'demo'
  | 'events'
  | 'profile'
  | 'account'
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
  coupon,
  task,
  audience,
  form,
  connector,
  segment,
  journey,
  campaign,
  'shop-event': shopEvent,
  'stop-all': stopAll,
  rfm,
  'answer-rates': answerRates,
  validate,
  diff,
  rehearse,
  apply,
  pull,
  demo,
  events,
  profile,
  account,
  restore,
  doctor,
}
