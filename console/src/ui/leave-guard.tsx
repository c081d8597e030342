import { useBlocker } from '@tanstack/react-router'
import { Confirm } from './confirm.tsx'

/** Asks before somebody leaves what they have changed and not saved; a save that goes on elsewhere ignores it. */
export function LeaveGuard({ dirty }: { readonly dirty: boolean }) {
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: dirty, withResolver: true })
  return (
    <Confirm
      opened={blocker.status === 'blocked'}
      title="Leave without saving?"
      action="Leave without saving"
      danger
      busy={false}
      error={null}
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
    >
      What you have changed here will be lost.
    </Confirm>
  )
}
