import { useState } from 'react'
import { Button, Textarea } from '@mantine/core'
import type { HookBody } from '@throughline/contracts'
import { Pill } from '../../ui/pill.tsx'
import { Empty } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import styles from '../imports/imports.module.css'

const words: Record<HookBody['outcome'], { readonly name: string; readonly tone: 'good' | 'bad' | 'info' }> = {
  kept: { name: 'kept', tone: 'info' },
  accepted: { name: 'taken', tone: 'good' },
  refused: { name: 'refused', tone: 'bad' },
}

interface BodiesProps {
  readonly items: readonly HookBody[]
  readonly chosen: string | null
  readonly choose: (body: string) => void
}

/** The latest bodies, one of which is mapped; or one that somebody pastes. */
export function Bodies({ items, chosen, choose }: BodiesProps) {
  const [pasted, setPasted] = useState('')
  return (
    <>
      {items.length === 0 && chosen === null ? (
        <Empty title="Nothing has come yet">
          Enter the address in the other system and have it send a test; or paste below what it would send.
        </Empty>
      ) : null}
      <ul style={{ maxHeight: 340, overflow: 'auto' }} tabIndex={items.length > 3 ? 0 : undefined} aria-label="Bodies">
        {items.map(({ id, at, outcome, note, body }) => (
          <li key={id} className={styles.item}>
            <div className="row" style={{ justifyContent: 'space-between' }}>
              <span>
                <Pill tone={words[outcome].tone}>{words[outcome].name}</Pill> <When at={at} />
              </span>
              {body === chosen ? (
                <span className="dim">shown below</span>
              ) : (
                <Button variant="default" size="compact-sm" onClick={() => choose(body)}>
                  Look at it
                </Button>
              )}
            </div>
            {note === null ? null : <p className={styles.error}>{note}</p>}
            <p className={styles.body}>{body}</p>
          </li>
        ))}
      </ul>
      <details className={styles.item}>
        <summary>Paste one</summary>
        <form
          className="stack"
          style={{ marginTop: 8 }}
          onSubmit={(event) => {
            event.preventDefault()
            if (pasted.trim() !== '') choose(pasted.trim())
          }}
        >
          <Textarea
            label="A body, as JSON"
            autosize
            minRows={4}
            maxRows={14}
            maxLength={500_000}
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
          />
          <div className="row">
            <Button type="submit" variant="default">
              Look at it
            </Button>
          </div>
        </form>
      </details>
    </>
  )
}
