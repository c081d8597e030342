import { useBlocker } from '@tanstack/react-router'
import { Confirm } from './confirm.tsx'

interface LeaveGuardProps {
  /** Whether something was changed and is not saved. */
  readonly dirty: boolean
  /** Saves it, where the page saves by itself; answers whether that worked. */
  readonly save?: () => Promise<boolean>
}

/** Asks before somebody leaves what they have changed and not saved; a save that goes on elsewhere ignores it. */
export function LeaveGuard({ dirty, save }: LeaveGuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: async () => (save === undefined ? dirty : !(await save())),
    enableBeforeUnload: () => dirty,
    withResolver: true,
  })
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
      {save === undefined
        ? 'What you have changed here will be lost.'
        : 'Your latest changes could not be saved. If you leave, they are lost.'}
    </Confirm>
  )
}
