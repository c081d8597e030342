import type { JourneyAnswers } from '@throughline/contracts'
import type { Open } from './answers.ts'
import type { Figures } from './use-figures.ts'

/** What is said anew; `undefined` takes an answer back. */
export type Said = { readonly [K in keyof JourneyAnswers]?: JourneyAnswers[K] | undefined }

/** What each group of questions is handed. */
export interface GroupProps {
  readonly answers: JourneyAnswers
  readonly say: (said: Said) => void
  /** What is still open of a question, once somebody has been told so. */
  readonly openOf: (number: number) => readonly Open[]
  readonly figures: Figures
}
