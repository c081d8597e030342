import type { Task } from '@throughline/contracts'
import { callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface ListOptions extends ServerOptions {
  readonly done?: boolean
  readonly assignee?: string
  readonly journey?: string
  readonly limit: string
}

/** `throughline task …`: what journeys want people of the shop to do. */
export const task: CliCommand = {
  add(program) {
    const group = program.command('task').description('Tasks that journeys made for people of the shop')
    withServer(group.command('list').description('Show open tasks, what is due first at the top'))
      .option('--done', 'Those that are done, the latest first')
      .option('--assignee <address>', 'Only those of one person of the shop')
      .option('--journey <id>', 'Only those of one journey')
      .option('--limit <tasks>', 'How many, at most 200', '50')
      .action(async ({ done = false, assignee, journey, limit, ...options }: ListOptions) => {
        const query = {
          state: done ? ('done' as const) : ('open' as const),
          limit: Number(limit),
          ...(assignee !== undefined && { assignee }),
          ...(journey !== undefined && { journey }),
        }
        const { items, next } = await callServer(serverOf(options), 'tasks', { query })
        show(options.json, items, () =>
          items.length === 0
            ? [done ? 'No task is done yet.' : 'There is nothing to do.']
            : [...items.map(describe), ...(next === null ? [] : ['and more; --limit shows more of them'])],
        )
      })
    withServer(group.command('done <task>').description('Say that a task is done; journeys that wait for it go on'))
      .option('--note <text>', 'What came of it; stands with the task and on the timeline of the person')
      .action(async (id: string, { note = '', ...options }: ServerOptions & { readonly note?: string }) => {
        const done = await callServer(serverOf(options), 'finishTask', { params: { id }, body: { note } })
        show(options.json, done, () => [describe(done)])
      })
  },
}

function describe({ id, title, assignee, dueAt, doneAt, doneBy }: Task): string {
  const stamp = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  const when =
    doneAt !== null
      ? `done ${stamp(doneAt)} by ${doneBy}`
      : dueAt === null
        ? 'open'
        : `${dueAt < Date.now() ? 'overdue since' : 'due'} ${stamp(dueAt)}`
  return `${id}  ${when}  ${assignee}  ${title === '' ? '(forgotten)' : title}`
}
