import { durationToMs, type StepOf } from '@throughline/contracts'
import { stableId } from '../../hash.ts'
import type { StepBehaviour } from '../behaviour.ts'
import { variablesOf } from '../variables.ts'

/** Makes a task for one of the shop's people, and goes on. */
export const staffTask: StepBehaviour<StepOf<'staff-task'>> = {
  compile({ title, text, assignee, due, email }) {
    const length = due === undefined ? null : durationToMs(due)
    return (visit, { kind }) => {
      if (kind === 'event') return null
      const { run, journey, at } = visit
      const task = {
        kind: 'task',
        id: stableId('task', run.id, run.step, run.hops, run.version),
        journey: journey.id,
        step: run.step,
        run: run.id,
        title,
        text,
        assignee,
        dueAt: length === null ? null : at + length,
        email,
        at,
        variables: variablesOf(visit),
      } as const
      return { kind: 'go', port: 'next', deed: task }
    }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe: ({ title, assignee, due, email }) =>
    `make a task for ${assignee}: “${title}”${due === undefined ? '' : `, to be done within ${due}`}${email ? ', and tell them by e-mail' : ''}`,
}
