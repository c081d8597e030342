import type { ReactNode } from 'react'
import { ActionIcon, Tooltip } from '@mantine/core'

interface UndoButtonProps {
  readonly label: string
  /** By which keys it can be done as well. */
  readonly keys: string
  readonly blocked: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

/** A button of an editor that takes a change back, or makes it again; where there is none, it says so. */
export function UndoButton({ label, keys, blocked, onClick, children }: UndoButtonProps) {
  return (
    <Tooltip label={blocked ? `Nothing to ${label.toLowerCase()}` : `${label} (${keys})`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        aria-disabled={blocked}
        data-disabled={blocked || undefined}
        onClick={() => (blocked ? undefined : onClick())}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
