import { CloseButton } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { dismiss, useToasts } from './toast.ts'
import styles from './toasts.module.css'

/** The corner in which notes appear. It is always there, so that a screen reader notices what comes into it. */
export function Toasts() {
  const notes = useToasts()
  return (
    <div className={styles.corner} role="status" aria-live="polite">
      {notes.map((note) => (
        <div key={note.id} className={styles.note}>
          <IconCheck size={16} aria-hidden />
          <span>{note.words}</span>
          <CloseButton size="sm" aria-label="Close the note" onClick={() => dismiss(note.id)} />
        </div>
      ))}
    </div>
  )
}
