import { Select } from '@mantine/core'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { stepTitle } from '../graph.ts'
import type { Draft } from '../model/draft.ts'
import type { Fate, MoveLine, Standing } from '../model/moves.ts'
import { targetsOf } from '../model/options.ts'
import styles from './move-lines.module.css'

interface MoveLinesProps {
  readonly draft: Draft
  readonly standing: readonly Standing[]
  readonly lines: readonly MoveLine[]
  readonly onChange: (lines: readonly MoveLine[]) => void
}

const valueOf = (fate: Fate): string | null => (fate.kind === 'open' ? null : fate.kind === 'step' ? `step:${fate.to}` : fate.kind)

function fateOf(value: string): Fate {
  return value === 'leave' ? { kind: 'leave' } : value === 'stay' ? { kind: 'stay' } : { kind: 'step', to: value.slice('step:'.length) }
}

/** Where the people at each step of the older versions go, with how many each line concerns; those of nobody are folded away. */
export function MoveLines({ draft, standing, lines, onChange }: MoveLinesProps) {
  const empty = lines.filter(({ people }) => people === 0)
  const row = (line: MoveLine) => (
    <Line
      key={`${line.version} ${line.step}`}
      line={line}
      draft={draft}
      title={titleIn(standing, line)}
      several={standing.length > 1}
      onChange={(fate) => onChange(lines.map((one) => (one === line ? { ...line, fate } : one)))}
    />
  )
  return (
    <div>
      <ul className={styles.lines} aria-label="Where people go">
        {lines.filter(({ people }) => people > 0).map(row)}
      </ul>
      {empty.length === 0 ? null : (
        <details className={styles.rest}>
          <summary>
            {empty.length === 1 ? 'One more step, at which nobody stands now' : `${empty.length} more steps, at which nobody stands now`}
          </summary>
          <ul className={styles.lines}>{empty.map(row)}</ul>
        </details>
      )}
    </div>
  )
}

function titleIn(standing: readonly Standing[], { version, step }: MoveLine): string {
  const of = standing.find((one) => one.version === version)
  return of === undefined ? step : stepTitle(of.definition, step)
}

interface LineProps {
  readonly line: MoveLine
  readonly draft: Draft
  readonly title: string
  readonly several: boolean
  readonly onChange: (fate: Fate) => void
}

function Line({ line, draft, title, several, onChange }: LineProps) {
  const format = useFormat()
  const where = `“${title}”${several ? ` of version ${line.version}` : ''}`
  const data = [
    { value: 'stay', label: `stay on version ${line.version}` },
    { value: 'leave', label: 'leave the journey' },
    ...targetsOf(draft).map(([id, words]) => ({ value: `step:${id}`, label: `go to “${words}”` })),
  ]
  return (
    <li className={styles.line}>
      <span>
        {counted(format, line.people, 'person', 'people')} at {where}
        {line.why === 'same' ? '' : <span className="soft">, which is gone</span>}
      </span>
      <Select
        size="xs"
        aria-label={`Where those at ${where} go`}
        placeholder="Choose where they go"
        allowDeselect={false}
        error={line.fate.kind === 'open'}
        value={valueOf(line.fate)}
        data={data}
        onChange={(value) => {
          if (value !== null) onChange(fateOf(value))
        }}
      />
    </li>
  )
}
