import { IconAlertTriangle, IconCheck, IconPencil } from '@tabler/icons-react'
import { ApiFailure, explain } from '../../../api/failure.ts'
import { useFormat } from '../../../format/use-format.ts'
import type { SaveState } from './saver.ts'
import styles from './editor.module.css'

/** Whether the draft is kept. */
export function SaveSign({ state }: { readonly state: SaveState }) {
  const format = useFormat()
  switch (state.kind) {
    case 'saved':
      return state.at === null ? (
        <span className={styles.sign}>No draft yet: it begins with your first change</span>
      ) : (
        <span className={styles.sign}>
          <IconCheck size={15} aria-hidden /> Draft saved at {format.clock(state.at)}
        </span>
      )
    case 'waiting':
    case 'saving':
      return (
        <span className={styles.sign}>
          <IconPencil size={15} aria-hidden /> Saving…
        </span>
      )
    case 'failed': {
      const { cause, remedy } = explain(state.error)
      const again = !(state.error instanceof ApiFailure && state.error.kind === 'refused')
      return (
        <span className={`${styles.sign} ${styles.failed}`} role="alert">
          <IconAlertTriangle size={15} aria-hidden /> Not saved. {cause} {again ? 'It is tried again by itself.' : remedy}
        </span>
      )
    }
    case 'overtaken':
      return <span className={`${styles.sign} ${styles.failed}`}>Not saved: somebody else has changed it</span>
    default:
      return state satisfies never
  }
}
