/**
 * Rehearsal: what a draft of a journey would have done, had it been in force over the last days.
 *
 * plan: the draft with what it hangs on, and what has to be read for it · window: the days · moment: one thing that would have
 * happened to one person · test run: one person who goes through a draft by a clock of its own, with what a tester makes happen · path: the ways that somebody took, in their order · tally: all people added up.
 */
export { planRehearsal, type RehearsalPlan } from './plan.ts'
export { mostOfOnePerson, rehearsePerson, TooMuchForOnePerson, type PersonRehearsal, type RehearsalMoment } from './person.ts'
export { openForTest, testRun, type TestHappening, type TestMoment } from './test-run.ts'
export { makeRehearsalTally, type RehearsalFigures, type RehearsalTally } from './tally.ts'
