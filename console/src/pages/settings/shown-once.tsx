import { Button } from '@mantine/core'
import { CodeBlock } from '../../ui/copy.tsx'
import styles from './settings.module.css'
import { Dialog } from '../../ui/dialog.tsx'

interface ShownOnceProps {
  readonly title: string
  /** What it is for, and what to do with it. */
  readonly words: string
  /** The secret, and what it is: "API key". */
  readonly text: string
  readonly what: string
  readonly close: () => void
}

/** A secret that is shown this once: a click beside it does not lose it. */
export function ShownOnce({ title, words, text, what, close }: ShownOnceProps) {
  return (
    <Dialog opened onClose={close} title={title} closeOnClickOutside={false}>
      <div className={styles.form}>
        <p>{words}</p>
        <CodeBlock text={text} what={what} wrap />
        <div className={styles.foot}>
          <Button onClick={close}>I have copied it</Button>
        </div>
      </div>
    </Dialog>
  )
}
