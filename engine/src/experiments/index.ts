/**
 * Experiments: who gets which variant, and what may be said of the outcome.
 *
 * variant: one of the ways that are compared · hold-out: people who get none of them, to compare with · exposure: somebody came to the
 * step and was given a variant · conversion: they reached a goal afterwards · interval: where the true rate lies with 95 % confidence ·
 * chance of being the best: how likely its rate is the highest, and so how many people get it where that is learned.
 */
export { assignVariant, isHeldOut, percentOf, type Choice } from './assign.ts'
export { chancesOfBest, sharesOf, type Tried } from './best.ts'
export { enoughBuyers, meanDifference, meanInterval, verdictOfMeans, type Summed } from './means.ts'
export { differenceInterval, enoughPeople, rateInterval, verdictOf, type Counted, type Interval, type Verdict } from './intervals.ts'
export { strengthOf, type SharesOfPeople } from './strength.ts'
