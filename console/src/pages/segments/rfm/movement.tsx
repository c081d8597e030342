import { useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { rfmGroups } from '@throughline/contracts'
import type { RfmGroup, RfmMovement } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Chips } from '../../../ui/chips.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Loaded, Pending } from '../../../ui/states.tsx'
import { nameOfGroup } from './begin.ts'
import styles from './rfm.module.css'

const MOST = 12

/** From which group to which people went: the greatest moves, and all of them as a table. */
export function Movement() {
  const format = useFormat()
  const [days, setDays] = useState<'7' | '30' | '90'>('30')
  const movement = useQuery({
    ...ask('rfmMovement', { query: { days } }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
  return (
    <Panel
      title="Who moved"
      aside={
        <Chips
          label="Over how long"
          value={days}
          options={[
            ['7', '7 days'],
            ['30', '30 days'],
            ['90', '90 days'],
          ]}
          onChange={setDays}
        />
      }
    >
      <Loaded query={movement} what="the movement" pending={<Pending what="the movement" rows={4} />}>
        {({ from, to, moves }) =>
          from === null || to === null ? (
            <p className="soft">
              There is no earlier day to compare with yet. Days before the first are being computed; later ones follow each night.
            </p>
          ) : (
            <>
              <p className={styles.span}>
                From {format.calendarDay(from.day)} to {format.calendarDay(to.day)}: {sayStayed(moves, format.number)}
              </p>
              <Greatest moves={moves} />
              <details className={styles.all}>
                <summary>All of it as a table</summary>
                <Matrix moves={moves} />
              </details>
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}

type Moves = RfmMovement['moves']

function sayStayed(moves: Moves, number: (value: number) => string): string {
  const sum = (some: Moves): number => some.reduce((total, { people }) => total + people, 0)
  const stayed = sum(moves.filter(({ from, to }) => from === to))
  return `${number(stayed)} stayed where they were, ${number(sum(moves) - stayed)} moved.`
}

function Greatest({ moves }: { readonly moves: Moves }) {
  const format = useFormat()
  const moved = moves.filter(({ from, to }) => from !== to).slice(0, MOST)
  const most = Math.max(1, ...moved.map(({ people }) => people))
  if (moved.length === 0) return <p className="soft">Nobody moved.</p>
  return (
    <ul className={styles.moves}>
      {moved.map(({ from, to, people }) => (
        <li key={`${from} ${to}`}>
          <span className={styles.way}>
            {nameOfGroup(from)} <span aria-label="to">→</span> {to === null ? 'without orders that count' : nameOfGroup(to)}
          </span>
          <span className={styles.track} aria-hidden>
            <span style={{ width: `${(people / most) * 100}%` }} />
          </span>
          <span className="num">{counted(format, people, 'person', 'people')}</span>
        </li>
      ))}
    </ul>
  )
}

/** Down: where they were; across: where they are. */
function Matrix({ moves }: { readonly moves: Moves }) {
  const format = useFormat()
  const groups: readonly (RfmGroup | null)[] = [...rfmGroups.map(({ id }) => id), null]
  return (
    <div className={styles.scroll} role="region" aria-label="All moves" tabIndex={0}>
      <table className={`${styles.table} ${styles.matrix}`}>
        <thead>
          <tr>
            <th scope="col">From ↓ to →</th>
            {groups.map((group) => (
              <th key={group ?? ''} scope="col">
                {nameOfGroup(group)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((from) => (
            <tr key={from ?? ''}>
              <th scope="row">{nameOfGroup(from)}</th>
              {groups.map((to) => {
                const people = moves.find((one) => one.from === from && one.to === to)?.people ?? 0
                return (
                  <td key={to ?? ''} className={from === to ? styles.same : undefined}>
                    {people === 0 ? '' : format.number(people)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
