import type { Step, StepKind, StepOf } from '@throughline/contracts'
import { bestMessageEditor } from './best-message.tsx'
import { branchEditor } from './branch.tsx'
import { consentStepEditor } from './consent.tsx'
import { couponEditor } from './coupon.tsx'
import { experimentEditor } from './experiment.tsx'
import { exitEditor } from './exit.tsx'
import { listEditor } from './list.tsx'
import { messageEditor } from './message.tsx'
import { randomSplitEditor } from './random-split.tsx'
import { sendEventEditor } from './send-event.tsx'
import { reactionEditor } from './reaction.tsx'
import { startJourneyEditor, stopJourneyEditor } from './other-journey.tsx'
import { stepResultEditor } from './step-result.tsx'
import { adAudienceEditor } from './ad-audience.tsx'
import { staffTaskEditor } from './staff-task.tsx'
import type { StepEditor } from './step-editor.ts'
import { timeWindowEditor } from './time-window.tsx'
import { updateProfileEditor } from './update-profile.tsx'
import { webhookEditor } from './webhook.tsx'
import { waitEditor } from './wait.tsx'
import { waitForEditor } from './wait-for.tsx'
import { waitUntilEditor } from './wait-until.tsx'

/** A new kind of step is a file beside this one, and a line. */
const editors: { readonly [K in StepKind]: StepEditor<StepOf<K>> } = {
  message: messageEditor,
  'best-message': bestMessageEditor,
  wait: waitEditor,
  'wait-until': waitUntilEditor,
  'time-window': timeWindowEditor,
  'wait-for': waitForEditor,
  reaction: reactionEditor,
  branch: branchEditor,
  'step-result': stepResultEditor,
  'random-split': randomSplitEditor,
  experiment: experimentEditor,
  'update-profile': updateProfileEditor,
  'send-event': sendEventEditor,
  list: listEditor,
  consent: consentStepEditor,
  webhook: webhookEditor,
  coupon: couponEditor,
  'staff-task': staffTaskEditor,
  'ad-audience': adAudienceEditor,
  'start-journey': startJourneyEditor,
  'stop-journey': stopJourneyEditor,
  exit: exitEditor,
}

/** What the console knows of a kind of step. */
export function editorOfKind(kind: StepKind): StepEditor<Step> {
  // The registry pairs every kind with the editor of that kind; TypeScript cannot follow the pairing through a union.
  return editors[kind] as unknown as StepEditor<Step>
}

export const editorOfStep = (step: Step): StepEditor<Step> => editorOfKind(step.kind)

export const stepKinds = Object.keys(editors) as readonly StepKind[]
