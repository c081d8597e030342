import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import { DialogFoot } from './dialog-foot.tsx'
import { Failure } from './states.tsx'

interface ConfirmProps {
  readonly opened: boolean
  readonly title: string
  readonly children: ReactNode
  /** What the button does, in its own words: "Remove the source". */
  readonly action: string
  readonly danger?: boolean
  readonly busy: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onConfirm: () => void
}

/** Asks before something that cannot be taken back at once. */
export function Confirm({ opened, title, children, action, danger = false, busy, error, onClose, onConfirm }: ConfirmProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <div className="stack">
        <div>{children}</div>
        {error === null || error === undefined ? null : <Failure error={error} />}
        <DialogFoot close={onClose}>
          <Button color={danger ? 'red' : undefined} loading={busy} onClick={onConfirm}>
            {action}
          </Button>
        </DialogFoot>
      </div>
    </Dialog>
  )
}
