import { Command, CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { commands } from './registry.ts'

const program = new Command('throughline')
for (const command of Object.values(commands)) command.add(program)

/** Every command and group of commands, each with what is typed for it. */
function* all(of: Command, before: readonly string[] = []): Generator<readonly [typed: string, command: Command]> {
  for (const command of of.commands) {
    const typed = [...before, command.name()]
    yield [typed.join(' '), command]
    yield* all(command, typed)
  }
}
const known = [...all(program)]
/** They run until they are stopped; what they print is how to get in. */
const running = ['start', 'serve', 'work']

test('the commands are these', () => {
  expect(known.filter(([, command]) => command.commands.length === 0).map(([typed]) => typed)).toEqual([
    'start',
    'serve',
    'work',
    'migrate',
    'import people',
    'import events',
    'import order-rows',
    'import consents',
    'import suppressions',
    'import orders',
    'export',
    'list all',
    'list create',
    'list add',
    'list remove',
    'coupon all',
    'coupon create',
    'coupon add',
    'task list',
    'task done',
    'audience list',
    'audience create',
    'audience export',
    'audience link',
    'audience unlink',
    'form all',
    'form html',
    'connector pull list',
    'connector pull runs',
    'connector pull run',
    'connector pull pause',
    'connector pull resume',
    'connector pull remove',
    'connector hook list',
    'connector hook bodies',
    'connector hook on',
    'connector hook pause',
    'connector hook remove',
    'segment all',
    'segment archive',
    'journey all',
    'journey ready-made',
    'journey pause',
    'journey drain',
    'journey resume',
    'journey stop',
    'journey archive',
    'journey people',
    'journey move',
    'journey remove',
    'journey test',
    'journey brief',
    'journey undo',
    'campaign list',
    'campaign show',
    'campaign estimate',
    'campaign send',
    'campaign earnings',
    'campaign resend',
    'campaign redirect',
    'campaign results',
    'campaign choose',
    'campaign approve',
    'campaign refuse',
    'campaign ask',
    'campaign undo',
    'campaign pause',
    'campaign resume',
    'campaign send-all',
    'campaign cancel',
    'shop-event send',
    'shop-event all',
    'stop-all',
    'rfm',
    'answer-rates',
    'validate',
    'diff',
    'rehearse',
    'apply',
    'pull',
    'demo',
    'events tail',
    'profile show',
    'profile everything',
    'profile forget',
    'profile allow',
    'account all',
    'account add',
    'account role',
    'account link',
    'account remove',
    'restore',
    'doctor',
  ])
})

test.each(known)('throughline %s --help says what it does and what each option is for', async (typed, command) => {
  let said = ''
  command.exitOverride().configureOutput({ writeOut: (text) => (said += text) })
  const ended = await program.parseAsync([...typed.split(' '), '--help'], { from: 'user' }).catch((error: unknown) => error)
  expect(ended).toBeInstanceOf(CommanderError)
  expect(ended).toMatchObject({ code: 'commander.helpDisplayed', exitCode: 0 })
  expect(said).toContain(`Usage: throughline ${typed}`)
  expect(command.description()).toMatch(/^[A-Z]/)
  for (const option of command.options) expect(option.description, option.flags).toMatch(/\S/)
})

test.each(known.filter(([typed, command]) => command.commands.length === 0 && !running.includes(typed)))(
  'throughline %s answers as JSON when it is asked to',
  (_, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--json')
  },
)
