import { journeyAnswersSchema, journeyQuestions, type JourneyAnswers } from '@throughline/contracts'

/** Where the answers of this browser are kept until the journey is drawn. */
const place = 'throughline: answers of a new journey'

/** What a journey is thought to be before anything is said. */
const begin: JourneyAnswers = {
  name: '',
  starts: [{ kind: 'event', on: { event: '' } }],
  again: { kind: 'never' },
  expected: { event: '' },
  wait: '1 day',
  milestones: [],
  languages: [],
  countries: [],
  interactions: 2,
  channels: ['email', 'inbox'],
  reactions: ['opened', 'clicked'],
  greetBy: 'firstName',
  show: [],
  first: '0 minutes',
  next: '2 days',
  watched: [],
  offline: [],
  goal: { on: { event: '' }, again: false },
  counted: '3 days',
  link: '',
}

/** The answers as they were left, or those of a new journey. */
export function loadAnswers(): JourneyAnswers {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? 'null') as unknown
    // Made by a release that asked otherwise, or not at all: what fits is kept.
    if (typeof kept !== 'object' || kept === null) return begin
    const known = Object.fromEntries(Object.entries(kept).filter(([name]) => name in begin || optional.includes(name)))
    const answers = { ...begin, ...known } as JourneyAnswers
    return journeyAnswersSchema.safeParse(fill(answers)).success ? answers : { ...begin, name: answers.name }
  } catch {
    return begin
  }
}

const optional: readonly string[] = ['aboutADay', 'mostADay', 'often']

/** Keeps the answers in this browser; whether that was possible. */
export function keepAnswers(answers: JourneyAnswers): boolean {
  try {
    localStorage.setItem(place, JSON.stringify(answers))
    return true
  } catch {
    return false
  }
}

export function forgetAnswers(): JourneyAnswers {
  try {
    localStorage.removeItem(place)
  } catch {
    // Where nothing can be kept there is nothing to forget.
  }
  return begin
}

/** Answers with words in the place of what is still open, so that the journey can be drawn as it grows. */
export function fill(answers: JourneyAnswers): JourneyAnswers {
  const named = (event: string): string => (event === '' ? '…' : event)
  return {
    ...answers,
    name: named(answers.name),
    starts: answers.starts.map((start) =>
      start.kind === 'event' ? { ...start, on: { ...start.on, event: named(start.on.event) } } : start,
    ),
    expected: { ...answers.expected, event: named(answers.expected.event) },
    milestones: answers.milestones.map(({ name, on }) => ({ name: named(name), on: { ...on, event: named(on.event) } })),
    offline: answers.offline.map((on) => ({ ...on, event: named(on.event) })),
    goal: { ...answers.goal, on: { ...answers.goal.on, event: named(answers.goal.on.event) } },
    link: answers.link === '' ? 'https://shop.example/' : answers.link,
  }
}

/** What is still open or does not fit: the question, and in words what. */
export interface Open {
  /** 0 for what is asked beside the seventeen. */
  readonly number: number
  readonly field: string
  readonly words: string
}

export function openOf(answers: JourneyAnswers): readonly Open[] {
  const parsed = journeyAnswersSchema.safeParse(answers)
  if (parsed.success) return []
  return parsed.error.issues.map(({ path, message }) => {
    const [key] = path
    const question = journeyQuestions.find(({ about }) => (about as readonly unknown[]).includes(key))
    const field = path.join('.')
    const empty = path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], answers)
    return { number: question?.number ?? 0, field, words: empty === '' || empty === undefined ? 'Not said yet.' : `${message}.` }
  })
}
