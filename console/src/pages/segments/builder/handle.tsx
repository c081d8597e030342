import { Menu } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconGripVertical,
  IconIndentDecrease,
  IconIndentIncrease,
  IconTrash,
} from '@tabler/icons-react'
import type { KeyboardEvent } from 'react'
import type { Step } from './draft.ts'
import type { Move } from './moves.ts'
import { useWorkbench } from './workbench.ts'
import styles from './builder.module.css'

interface HandleProps {
  readonly node: string
  /** What it is, in a few words: the sentence of a row, or "group". */
  readonly name: string
  readonly send: (step: Step) => void
  readonly onDrag: (node: string | null) => void
}

const arrows: Readonly<Record<string, Move>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowRight: 'in', ArrowLeft: 'out' }

/** Says what the keys of handles do, to those who do not see them move. */
export function HandleHelp({ id }: { readonly id: string }) {
  return (
    <p id={id} className="vh">
      Up and down move it, right puts it into a group, left takes it out, Delete removes it.
    </p>
  )
}

/** The handle by which a row or a group is dragged, or moved with the arrow keys. */
export function Handle({ node, name, send, onDrag }: HandleProps) {
  const { helpId } = useWorkbench()
  const press = (event: KeyboardEvent): void => {
    const move = arrows[event.key]
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (move !== undefined) send({ kind: 'move', node, move })
    else if (event.key === 'Delete' || event.key === 'Backspace') send({ kind: 'remove', node })
    else return
    event.preventDefault()
  }
  return (
    <button
      type="button"
      className={styles.handle}
      data-handle
      draggable
      aria-label={`Move ${name}`}
      aria-describedby={helpId}
      title="Drag it, or move it with the arrow keys"
      onKeyDown={press}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', name)
        const row = event.currentTarget.closest<HTMLElement>('[data-node]')
        if (row !== null) event.dataTransfer.setDragImage(row, 12, 12)
        // Chromium gives a drag up when the page changes while it begins.
        setTimeout(() => onDrag(node))
      }}
      onDragEnd={() => onDrag(null)}
    >
      <IconGripVertical size={15} aria-hidden />
    </button>
  )
}

/** What can be done with a row or a group, in words. */
export function NodeMenu({ node, name, send }: Omit<HandleProps, 'onDrag'>) {
  const move = (way: Move) => () => send({ kind: 'move', node, move: way })
  const icon = { size: 15, 'aria-hidden': true } as const
  return (
    <Menu position="bottom-end" shadow="md" width={210} returnFocus={false}>
      <Menu.Target>
        <button type="button" className={styles.more} aria-label={`More for ${name}`}>
          <IconDots size={16} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowUp {...icon} />} onClick={move('up')}>
          Move up
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowDown {...icon} />} onClick={move('down')}>
          Move down
        </Menu.Item>
        <Menu.Item leftSection={<IconIndentIncrease {...icon} />} onClick={move('in')}>
          Put into a group
        </Menu.Item>
        <Menu.Item leftSection={<IconIndentDecrease {...icon} />} onClick={move('out')}>
          Take out of its group
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy {...icon} />} onClick={() => send({ kind: 'copy', node })}>
          Copy
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash {...icon} />} onClick={() => send({ kind: 'remove', node })}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
