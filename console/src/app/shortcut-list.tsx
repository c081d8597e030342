import styles from './shortcuts.module.css'
import { Dialog } from '../ui/dialog.tsx'

const words = [
  ['/', 'Search on this page, or find a person'],
  ['g then h', 'Home'],
  ['g then l', 'Live events'],
  ['g then p', 'People'],
  ['g then g', 'Segments'],
  ['g then j', 'Journeys'],
  ['g then c', 'Campaigns'],
  ['g then m', 'Messages'],
  ['g then r', 'Rejected events'],
  ['g then s', 'Settings'],
  ['?', 'This list'],
] as const

/** The list of keys. */
export function ShortcutList({ close }: { readonly close: () => void }) {
  return (
    <Dialog opened onClose={close} title="Keys">
      <dl className={styles.keys}>
        {words.map(([key, name]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
