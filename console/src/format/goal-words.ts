import type { GoalReached } from '@throughline/contracts'
import type { Format } from './format.ts'
import { shareWords } from './share-words.ts'

/** The goal that a journey is for: the first by which people leave it, or else its first; nothing where it has none. */
export function mainGoal(goals: readonly GoalReached[]): GoalReached | undefined {
  return goals.find(({ leaves }) => leaves) ?? goals[0]
}

/** Every goal by its name, with how many of those who came in have reached it: `Looked: 60 of 120 · 50 % ± 9; Bought: 40 of 120 · 33 % ± 8`. */
export function goalsWords(goals: readonly GoalReached[], entered: number, format: Pick<Format, 'number'>): string {
  return goals.map(({ name, reached }) => `${name}: ${shareWords(reached, entered, format)}`).join('; ')
}

/** The other goals of a journey than its main one, with how often each was reached; empty where there are none. */
export function otherGoalsWords(goals: readonly GoalReached[], format: Pick<Format, 'number'>): string {
  const main = mainGoal(goals)
  return goals
    .filter((goal) => goal !== main)
    .map(({ name, reached }) => `${name}: ${format.number(reached)}`)
    .join('; ')
}
