import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

/** The foot of a dialog: the button that leaves it, and beside it the one that does something. */
export function DialogFoot({ close, children }: { readonly close: () => void; readonly children: ReactNode }) {
  return (
    <div className="row" style={{ justifyContent: 'flex-end' }}>
      <Button variant="default" onClick={close}>
        Cancel
      </Button>
      {children}
    </div>
  )
}
