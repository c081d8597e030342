import { useEffect, useState } from 'react'
import { Modal } from '@mantine/core'
import type { ModalProps } from '@mantine/core'

/** A dialog. Also one that stands on the page only while it is open gives the focus back to where it was when it is left. */
export function Dialog(props: ModalProps) {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (document.activeElement === document.body && before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true })
    },
    [before],
  )
  return <Modal {...props} />
}
