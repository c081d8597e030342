import type { Step } from '@throughline/contracts'
import type { StepBehaviour, StepRegistry } from './behaviour.ts'
import { bestMessage } from './steps/best-message.ts'
import { branch } from './steps/branch.ts'
import { consent } from './steps/consent.ts'
import { coupon } from './steps/coupon.ts'
import { adAudience } from './steps/ad-audience.ts'
import { staffTask } from './steps/staff-task.ts'
import { experiment } from './steps/experiment.ts'
import { exit } from './steps/exit.ts'
import { list } from './steps/list.ts'
import { message } from './steps/message.ts'
import { updateProfile } from './steps/update-profile.ts'
import { randomSplit } from './steps/random-split.ts'
import { sendEvent } from './steps/send-event.ts'
import { reaction } from './steps/reaction.ts'
import { startJourney } from './steps/start-journey.ts'
import { stepResult } from './steps/step-result.ts'
import { stopJourney } from './steps/stop-journey.ts'
import { timeWindow } from './steps/time-window.ts'
import { waitFor } from './steps/wait-for.ts'
import { waitUntil } from './steps/wait-until.ts'
import { webhook } from './steps/webhook.ts'
import { wait } from './steps/wait.ts'

const registry: StepRegistry = {
  message,
  'best-message': bestMessage,
  wait,
  'wait-until': waitUntil,
  'time-window': timeWindow,
  'wait-for': waitFor,
  reaction,
  branch,
  'step-result': stepResult,
  'random-split': randomSplit,
  experiment,
  'update-profile': updateProfile,
  'send-event': sendEvent,
  list,
  consent,
  webhook,
  coupon,
  'staff-task': staffTask,
  'ad-audience': adAudience,
  'start-journey': startJourney,
  'stop-journey': stopJourney,
  exit,
}

/** The behaviour of a step, by its kind. */
export function behaviourOf(step: Step): StepBehaviour<Step> {
  // The registry pairs every kind with the behaviour of that kind; TypeScript cannot follow the pairing through a union.
  return registry[step.kind] as StepBehaviour<Step>
}
