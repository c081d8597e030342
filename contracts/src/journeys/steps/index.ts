import { z } from 'zod'
import { bestMessageStepSchema } from './best-message.ts'
import { branchStepSchema } from './branch.ts'
import { consentStepSchema } from './consent.ts'
import { couponStepSchema } from './coupon.ts'
import { experimentStepSchema } from './experiment.ts'
import { exitStepSchema } from './exit.ts'
import { listStepSchema } from './list.ts'
import { messageStepSchema } from './message.ts'
import { randomSplitStepSchema } from './random-split.ts'
import { sendEventStepSchema } from './send-event.ts'
import { reactionStepSchema } from './reaction.ts'
import { adAudienceStepSchema } from './ad-audience.ts'
import { staffTaskStepSchema } from './staff-task.ts'
import { startJourneyStepSchema } from './start-journey.ts'
import { stepResultStepSchema } from './step-result.ts'
import { stopJourneyStepSchema } from './stop-journey.ts'
import { timeWindowStepSchema } from './time-window.ts'
import { updateProfileStepSchema } from './update-profile.ts'
import { webhookStepSchema } from './webhook.ts'
import { waitStepSchema } from './wait.ts'
import { waitForStepSchema } from './wait-for.ts'
import { waitUntilStepSchema } from './wait-until.ts'

/** A step of a journey; a `next` that is left out ends the run there. */
export const stepSchema = z.discriminatedUnion('kind', [
  messageStepSchema,
  bestMessageStepSchema,
  waitStepSchema,
  waitUntilStepSchema,
  timeWindowStepSchema,
  waitForStepSchema,
  reactionStepSchema,
  randomSplitStepSchema,
  experimentStepSchema,
  branchStepSchema,
  stepResultStepSchema,
  updateProfileStepSchema,
  sendEventStepSchema,
  listStepSchema,
  consentStepSchema,
  webhookStepSchema,
  couponStepSchema,
  staffTaskStepSchema,
  adAudienceStepSchema,
  startJourneyStepSchema,
  stopJourneyStepSchema,
  exitStepSchema,
])
export type Step = z.infer<typeof stepSchema>
export type StepKind = Step['kind']
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>
