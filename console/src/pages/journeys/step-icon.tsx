import {
  IconArrowsSplit2,
  IconClock,
  IconDoorExit,
  IconFlag,
  IconHourglass,
  IconMail,
  IconPencil,
  IconPlayerPlay,
} from '@tabler/icons-react'
import type { NodeKind } from './graph.ts'

const icons = {
  entry: IconPlayerPlay,
  message: IconMail,
  wait: IconClock,
  'wait-for': IconHourglass,
  branch: IconArrowsSplit2,
  'update-profile': IconPencil,
  exit: IconDoorExit,
  end: IconFlag,
} as const satisfies Record<NodeKind, unknown>

/** The sign of a kind of step. */
export function StepIcon({ kind }: { readonly kind: NodeKind }) {
  const Icon = icons[kind]
  return <Icon size={16} stroke={1.8} aria-hidden />
}
