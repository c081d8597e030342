import type { ReactNode } from 'react'
import { useMutation } from '@tanstack/react-query'
import { Confirm } from './confirm.tsx'

interface RemovalProps {
  readonly title: string
  /** What the button does, in its own words: "Remove the source". */
  readonly action: string
  /** Says it to the server, and does what follows. Its failure is shown. */
  readonly remove: () => Promise<void>
  readonly close: () => void
  /** What it means, as sentences. */
  readonly children: ReactNode
}

/** Asks before something is removed or deleted, and does it. */
export function Removal({ title, action, remove, close, children }: RemovalProps) {
  const removing = useMutation({ mutationFn: remove })
  return (
    <Confirm
      opened
      title={title}
      danger
      action={action}
      busy={removing.isPending}
      error={removing.error}
      onClose={close}
      onConfirm={() => removing.mutate()}
    >
      <p>{children}</p>
    </Confirm>
  )
}
