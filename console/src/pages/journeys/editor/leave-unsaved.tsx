import { useBlocker } from '@tanstack/react-router'
import { Confirm } from '../../../ui/confirm.tsx'

/** Saves before somebody leaves; asks only when that does not work. */
export function LeaveUnsaved({ saved, flush }: { readonly saved: boolean; readonly flush: () => Promise<boolean> }) {
  const blocker = useBlocker({ shouldBlockFn: async () => !(await flush()), enableBeforeUnload: () => !saved, withResolver: true })
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
      Your latest changes could not be saved. If you leave, they are lost.
    </Confirm>
  )
}
