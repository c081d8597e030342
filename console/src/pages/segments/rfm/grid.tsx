import { useState } from 'react'
import { Link } from '@tanstack/react-router'
import { rfmGroups } from '@throughline/contracts'
import { counted, minorToMajor } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Chips } from '../../../ui/chips.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { beginOf } from './begin.ts'
import type { Current } from './rfm.tsx'
import styles from './rfm.module.css'

type Shown = 'people' | 'revenue' | 'average'
type Cell = Current['cells'][number]

const groupOfCell = ({ recency, frequency }: Pick<Cell, 'recency' | 'frequency'>) =>
  rfmGroups.find(({ cells }) => (cells as readonly number[]).includes(recency * 10 + frequency))!

const figureOf: Record<Shown, (cell: Cell) => number> = {
  people: ({ people }) => people,
  revenue: ({ revenue }) => revenue,
  average: ({ people, revenue }) => (people === 0 ? 0 : revenue / people),
}

/** Recency down, frequency across, money in the cells; each cell becomes a segment. */
export function Grid({ current, currency }: { readonly current: Current; readonly currency: string }) {
  const format = useFormat()
  const [shown, setShown] = useState<Shown>('people')
  const figure = figureOf[shown]
  const most = Math.max(1, ...current.cells.map(figure))
  const money = (minor: number): string => format.money(minorToMajor(Math.round(minor), currency))
  const written = (cell: Cell): string => (cell.people === 0 ? '–' : shown === 'people' ? format.number(cell.people) : money(figure(cell)))
  return (
    <Panel
      title="The grid"
      aside={
        <Chips
          label="Shown in the cells"
          value={shown}
          options={[
            ['people', 'People'],
            ['revenue', 'Money'],
            ['average', 'Money per person'],
          ]}
          onChange={setShown}
        />
      }
    >
      <div className={styles.grid} role="group" aria-label="Grid of recency and frequency: each cell begins a segment">
        <span className={styles.corner} aria-hidden>
          <span>recency ↓</span> <span>frequency →</span>
        </span>
        {[1, 2, 3, 4, 5].map((frequency) => (
          <span key={frequency} className={styles.head} aria-hidden>
            {frequency}
          </span>
        ))}
        {[5, 4, 3, 2, 1].map((recency) => [
          <span key={recency} className={styles.head} aria-hidden>
            {recency}
          </span>,
          ...[1, 2, 3, 4, 5].map((frequency) => {
            const cell = current.cells.find((one) => one.recency === recency && one.frequency === frequency)!
            const group = groupOfCell(cell)
            const words = `Recency ${recency}, frequency ${frequency}: ${counted(format, cell.people, 'person', 'people')}, ${money(cell.revenue)}; ${group.name}. Make a segment`
            return (
              <Link
                key={`${recency}${frequency}`}
                to="/segments/_new"
                search={{ from: beginOf(recency, frequency) }}
                className={styles.cell}
                style={{ background: `color-mix(in srgb, var(--accent) ${Math.round((figure(cell) / most) * 32)}%, var(--surface))` }}
                aria-label={words}
                title={words}
              >
                <strong>{written(cell)}</strong>
                <span className={styles.group}>{group.name}</span>
              </Link>
            )
          }),
        ])}
      </div>
      <p className={styles.note}>Choose a cell to make a segment of it. A group is some cells under their usual name.</p>
    </Panel>
  )
}
