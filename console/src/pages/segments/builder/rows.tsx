import { Fragment, useState } from 'react'
import { Button } from '@mantine/core'
import { IconLibraryPlus } from '@tabler/icons-react'
import { editorOf } from '../editors/registry.ts'
import { Pick } from '../editors/parts/fields.tsx'
import { joinWords } from './draft.ts'
import { Handle, NodeMenu } from './handle.tsx'
import { KindPicker } from './kind-picker.tsx'
import { deepest } from './tree.ts'
import type { GroupNode, Join, LeafNode } from './tree.ts'
import { useWorkbench } from './workbench.ts'
import { clauseOf } from './words.ts'
import styles from './builder.module.css'

const joins: readonly (readonly [Join, string])[] = [
  ['all', joinWords.all],
  ['any', joinWords.any],
  ['none', joinWords.none],
]
const between: Record<Join, string> = { all: 'and', any: 'or', none: 'nor' }

interface GroupProps {
  readonly group: GroupNode
  /** How many groups stand around it; the whole segment is 0. */
  readonly depth: number
}

/** A group: how its rows hang together, the rows, and what can be added. */
export function Group({ group, depth }: GroupProps) {
  const { send, drag, problemsOf } = useWorkbench()
  const name = depth === 0 ? 'the segment' : `the group “${joinWords[group.join]}”`
  return (
    <div
      className={depth === 0 ? styles.root : styles.group}
      data-node={group.id}
      role="group"
      aria-label={depth === 0 ? 'Conditions' : `Group, ${joinWords[group.join]}`}
    >
      <div className={styles.groupHead}>
        {depth === 0 ? null : <Handle node={group.id} name={name} send={send} onDrag={drag} />}
        <span className={styles.groupWords}>
          {depth === 0 ? <span>People for whom</span> : null}
          <Pick
            label={`How ${name} hangs together`}
            value={group.join}
            options={joins}
            onChange={(join) => send({ kind: 'join', node: group.id, join })}
          />
          <span>{group.of.length === 1 && group.join !== 'none' ? 'holds' : 'hold'}</span>
        </span>
        {depth === 0 ? null : <NodeMenu node={group.id} name={name} send={send} />}
      </div>
      <div className={styles.rows}>
        {group.of.map((node, index) => (
          <Fragment key={node.id}>
            <Gap group={group} before={index} word={index === 0 ? '' : between[group.join]} />
            {node.kind === 'group' ? <Group group={node} depth={depth + 1} /> : <Row leaf={node} />}
          </Fragment>
        ))}
        <Gap group={group} before={group.of.length} word={group.of.length === 0 ? 'Nothing is asked here yet.' : ''} />
      </div>
      <Problems words={problemsOf(group.id).map((one) => one.words)} />
      <div className={styles.add}>
        <KindPicker to={name} onPick={(condition) => send({ kind: 'add', parent: group.id, condition })} />
        {depth + 2 > deepest ? null : (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconLibraryPlus size={14} aria-hidden />}
            onClick={() => send({ kind: 'add-group', parent: group.id })}
          >
            Add a group<span className="vh"> to {name}</span>
          </Button>
        )}
      </div>
    </div>
  )
}

/** A row: one condition as a sentence with fields. */
function Row({ leaf }: { readonly leaf: LeafNode }) {
  const { send, drag, problemsOf } = useWorkbench()
  const { condition } = leaf
  const { Editor } = editorOf(condition)
  const name = `“${clauseOf(condition)}”`
  const problems = problemsOf(leaf.id)
  return (
    <div className={styles.row} data-node={leaf.id} data-leaf role="group" aria-label={clauseOf(condition)}>
      <Handle node={leaf.id} name={name} send={send} onDrag={drag} />
      <div className={styles.rowBody} data-body>
        <Editor
          condition={condition}
          onChange={(next) => send({ kind: 'edit', node: leaf.id, condition: next, at: Date.now() })}
          isWrong={(field) => problems.some((one) => one.field === field || one.field.startsWith(`${field}.`))}
        />
        <Problems words={problems.map((one) => one.words)} />
      </div>
      <NodeMenu node={leaf.id} name={name} send={send} />
    </div>
  )
}

function Problems({ words }: { readonly words: readonly string[] }) {
  const said = [...new Set(words)]
  return said.length === 0 ? null : (
    <ul className={styles.problems}>
      {said.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  )
}

/** The word between two rows; while something is dragged, the place where it can be dropped. */
function Gap({ group, before, word }: { readonly group: GroupNode; readonly before: number; readonly word: string }) {
  const { send, dragged, drag } = useWorkbench()
  const [over, setOver] = useState(false)
  const open = dragged !== null
  return (
    <div
      className={`${styles.gap} ${open ? styles.open : ''} ${open && over ? styles.over : ''}`}
      onDragOver={(event) => {
        if (!open) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        if (dragged !== null) send({ kind: 'drop', node: dragged, into: group.id, before })
        drag(null)
      }}
    >
      {word === '' ? null : <span>{word}</span>}
    </div>
  )
}
