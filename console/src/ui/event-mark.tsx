import type { TimelineEntry } from '@throughline/contracts'
import { entryKind, entryKindNames } from '../format/event-words.ts'
import styles from './event-mark.module.css'

/** The dot on the line that shows of which kind an event is; its kind is said to a screen reader. */
export function EventMark({ entry }: { readonly entry: Pick<TimelineEntry, 'type' | 'name' | 'properties'> }) {
  const kind = entryKind(entry)
  return (
    <span className={`${styles.mark} ${styles[kind]}`} title={entryKindNames[kind]}>
      <span className="vh">{entryKindNames[kind]}: </span>
    </span>
  )
}
