import {
  IconArrowsShuffle,
  IconArrowsSplit2,
  IconCalendarClock,
  IconClock,
  IconClockPause,
  IconDoorExit,
  IconFlag,
  IconHourglass,
  IconMail,
  IconPencil,
  IconPlayerPlay,
  IconRoute,
  IconRouteOff,
} from '@tabler/icons-react'
import type { NodeKind } from './graph.ts'

const icons = {
  entry: IconPlayerPlay,
  message: IconMail,
  wait: IconClock,
  'wait-until': IconCalendarClock,
  'time-window': IconClockPause,
  'wait-for': IconHourglass,
  branch: IconArrowsSplit2,
  'random-split': IconArrowsShuffle,
  'update-profile': IconPencil,
  'start-journey': IconRoute,
  'stop-journey': IconRouteOff,
  exit: IconDoorExit,
  end: IconFlag,
} as const satisfies Record<NodeKind, unknown>

/** The sign of a kind of step. */
export function StepIcon({ kind }: { readonly kind: NodeKind }) {
  const Icon = icons[kind]
  return <Icon size={16} stroke={1.8} aria-hidden />
}
