/**
 * The brief: a journey as its answers to seventeen questions.
 *
 * answers: what a team says before it draws · draft: the journey that the answers describe · read: the answers that a journey gives,
 * however it was drawn · sentence: an answer in plain words · figure: what was measured beside it.
 */
export { draftFromAnswers, isFurther, type Drafted, type DraftFacts } from './draft.ts'
export { readAnswers, type ReadAnswers } from './read.ts'
export { answersOf, type BriefAnswer } from './sentences.ts'
