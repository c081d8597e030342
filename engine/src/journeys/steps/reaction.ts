import { durationToMs, type StepOf } from '@throughline/contracts'
import type { Resolution, StepBehaviour } from '../behaviour.ts'
import { clickOn, outcomesHeard } from '../outcomes.ts'

type Reaction = StepOf<'reaction'>
type Way = Reaction['ways'][number]

/** After these nothing else can become of a message. */
const final = ['not-sent', 'bounced']

/**
 * Waits for what becomes of a message that the run has said. What has happened by the arrival counts at once, of several the way that
 * stands first; then whatever happens first. Ranked, it goes on early only for the first way, or when nothing more can come, and otherwise
 * takes the foremost of what has happened when the time is up. What comes at the very instant at which the time is up still counts.
 */
export const reaction: StepBehaviour<Reaction> = {
  compile(step) {
    const length = durationToMs(step.upTo)
    const wanted = step.ways.map(nameOf)
    return ({ run, at, now }, { kind }): Resolution | null => {
      const said = run.said?.[step.of]
      const until = kind === 'arrive' ? at + length : (run.wakesAt ?? Infinity)
      if (kind === 'event' && now > until) return null
      // What was heard while the journey stood still, and after the time was up, comes too late.
      const heard = (name: string): boolean => (said?.heard?.[name] ?? Infinity) <= (kind === 'wake' ? until : now)
      const port = wanted.findIndex((name) => (name === 'not-sent' && said === undefined) || heard(name))
      const isOver = kind === 'wake' || length === 0 || said === undefined || final.some(heard)
      if (port === 0 || (port > 0 && step.ranked !== true) || (port >= 0 && isOver)) return { kind: 'go', port }
      if (isOver) return { kind: 'go', port: 'otherwise' }
      return kind === 'event' ? null : { kind: 'wait', until }
    }
  },
  waysOut: ({ ways, upTo, otherwise }) => [
    ...ways.map((way, port) => ({ port, next: way.next, label: sayReaction(way) })),
    { port: 'otherwise', next: otherwise, label: `none of it within ${upTo}` } as const,
  ],
  takesTime: () => false,
  hears: () => outcomesHeard,
  looksBackAt: ({ of, ways }) => ({
    step: of,
    field: 'of',
    message: true,
    ways: null,
    links: ways.flatMap(({ link }) => (link === undefined ? [] : [link])),
  }),
  describe: ({ of, ways, upTo, ranked }) =>
    `wait for what becomes of the message of ${of} (${ways.map(sayReaction).join(ranked === true ? ', or next best ' : ' or ')}), up to ${upTo}`,
}

function nameOf({ on, link }: Way): string {
  return link === undefined ? on : clickOn(link)
}

function sayReaction({ on, link }: Way): string {
  return on === 'not-sent' ? 'not sent' : link === undefined ? on : `clicked a link with ${link} in it`
}
