import { useState } from 'react'
import { describeClause } from '@throughline/engine'
import { conditionSchema } from '@throughline/contracts'
import type { LeafCondition } from '../builder/tree.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import styles from './parts/parts.module.css'

function PlainEditor({ condition, onChange }: EditorProps<LeafCondition>) {
  const [text, setText] = useState(() => JSON.stringify(condition, null, 2))
  const [wrong, setWrong] = useState<string | null>(null)
  const take = (next: string): void => {
    setText(next)
    const parsed = read(next)
    setWrong(typeof parsed === 'string' ? parsed : null)
    if (typeof parsed !== 'string') onChange(parsed)
  }
  return (
    <div className={styles.plain}>
      <p>{describeClause(condition)}</p>
      <details>
        <summary>Change it as text</summary>
        <textarea
          className={`mono ${styles.area}`}
          aria-label="Condition as JSON"
          aria-invalid={wrong !== null}
          rows={Math.min(14, text.split('\n').length)}
          value={text}
          spellCheck={false}
          onChange={(event) => take(event.currentTarget.value)}
        />
        {wrong === null ? null : <p className={styles.wrongWords}>{wrong}</p>}
      </details>
    </div>
  )
}

function read(text: string): LeafCondition | string {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return error instanceof Error ? `Not JSON: ${error.message}.` : 'Not JSON.'
  }
  const parsed = conditionSchema.safeParse(json)
  if (!parsed.success) return parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' ')
  const { data } = parsed
  return data.kind === 'all' || data.kind === 'any' || data.kind === 'not' ? 'Groups are made with the buttons below.' : data
}

/** For kinds that have no editor of their own: their sentence, and the condition as text. */
export const plainEditor: ConditionEditor<LeafCondition> = { choices: [], Editor: PlainEditor }
