import type { StepOf, StepResult } from '@throughline/contracts'
import { compileObjectTest, describeFilters } from '../../conditions/index.ts'
import type { Run } from '../../profile.ts'
import type { StepBehaviour } from '../behaviour.ts'

/** Takes the first way that says what came of an earlier step of the run. */
export const stepResult: StepBehaviour<StepOf<'step-result'>> = {
  compile(step, { context }) {
    const tests = step.paths.map(({ is }) => (is.kind === 'answer' ? compileObjectTest(is.where, context) : null))
    return ({ run, now }, { kind }) => {
      if (kind === 'event') return null
      const port = step.paths.findIndex(({ is }, index) => {
        const test = tests[index]
        const answer = run.answers?.[step.of]
        return test ? answer !== undefined && test(answer, now) : isSo(is, step.of, run)
      })
      return { kind: 'go', port: port < 0 ? 'otherwise' : port }
    }
  },
  waysOut: ({ paths, otherwise }) => [
    ...paths.map(({ name, is, next }, port) => ({ port, next, label: name ?? sayResult(is) })),
    { port: 'otherwise', next: otherwise, label: 'otherwise' } as const,
  ],
  takesTime: () => false,
  hears: () => [],
  looksBackAt({ of, paths }) {
    const results = paths.map(({ is }) => is)
    return {
      step: of,
      field: 'of',
      message: results.some(({ kind }) => kind === 'sent' || kind === 'held'),
      ways: results.some(({ kind }) => kind === 'way' || kind === 'not-taken')
        ? results.flatMap((is, index) => (is.kind === 'way' ? [{ port: is.way, field: `paths.${index}.is.way` }] : []))
        : null,
      links: [],
      ...(results.some(({ kind }) => kind === 'answer') && { answer: true as const }),
    }
  },
  describe: ({ of, paths }) => `look at what came of ${of}: ${paths.map(({ name, is }) => name ?? sayResult(is)).join('; or ')}`,
}

function isSo(is: StepResult, step: string, { said, took, answers }: Run): boolean {
  const message = said?.[step]
  const isHeld = message?.held !== undefined || message?.heard?.['not-sent'] !== undefined
  switch (is.kind) {
    case 'sent':
      return message !== undefined && !isHeld
    case 'held':
      return is.rule === undefined ? isHeld : message?.held === is.rule
    case 'way':
      return took?.[step] === is.way
    case 'answer':
      return answers?.[step] !== undefined
    case 'not-taken':
      return took?.[step] === undefined
    default:
      return is satisfies never
  }
}

function sayResult(is: StepResult): string {
  switch (is.kind) {
    case 'sent':
      return 'it was sent'
    case 'held':
      return is.rule === undefined ? 'it was not sent' : `it was held back by ${is.rule}`
    case 'way':
      return typeof is.way === 'number' ? `its way ${is.way + 1} was taken` : `its way ${is.way} was taken`
    case 'answer':
      return is.where.length === 0 ? 'it was answered' : `its answer has ${describeFilters(is.where)}`
    case 'not-taken':
      return 'the run has not been there'
    default:
      return is satisfies never
  }
}
