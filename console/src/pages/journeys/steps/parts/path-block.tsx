import type { ReactNode } from 'react'
import { IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'
import fields from '../../../segments/editors/parts/parts.module.css'
import styles from './parts.module.css'

interface PathProps {
  readonly title: string
  /** Where it leads. */
  readonly way: ReactNode
  readonly onRemove?: (() => void) | undefined
  /** Asked before the one above it. */
  readonly onUp?: (() => void) | undefined
  readonly children?: ReactNode
}

/** One way out of a step: what decides about it, and where it leads. */
export function PathBlock({ title, way, onRemove, onUp, children }: PathProps) {
  return (
    <div className={styles.path} role="group" aria-label={title}>
      <div className={styles.pathHead}>
        <span className={styles.pathTitle}>{title}</span>
        {onUp === undefined ? null : (
          <button type="button" className={fields.bare} aria-label={`${title}: ask it earlier`} title="Ask it earlier" onClick={onUp}>
            <IconArrowUp size={14} aria-hidden />
          </button>
        )}
        {onRemove === undefined ? null : (
          <button type="button" className={fields.bare} aria-label={`Remove ${title}`} title="Remove this way" onClick={onRemove}>
            <IconX size={14} aria-hidden />
          </button>
        )}
      </div>
      {children}
      {way}
    </div>
  )
}

/** Adds one more to a list of things. */
export function PathButton({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className={`${fields.bare} ${styles.more}`} onClick={onClick}>
      <IconPlus size={13} aria-hidden /> {children}
    </button>
  )
}
