import { useQuery } from '@tanstack/react-query'
import type { JourneyMove } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import type { Format } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Panel } from '../../../ui/panel.tsx'
import { Stale } from '../../../ui/states.tsx'
import { When } from '../../../ui/when.tsx'
import styles from './people.module.css'

/** Who was moved or removed by hand, and how far that has come; nothing where nobody was. */
export function Moves({ id, titleOf }: { readonly id: string; readonly titleOf: (version: number, step: string) => string }) {
  const format = useFormat()
  const moves = useQuery({
    ...ask('journeyMoves', { params: { id } }),
    refetchInterval: (query) => (query.state.data?.items.some(({ waiting }) => waiting > 0) === true ? 1_000 : false),
  })
  const items = moves.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Panel title="Moved by hand">
      <Stale query={moves} />
      <ul className={styles.moves}>
        {items.map((move) => (
          <li key={move.id}>
            {move.askedBy} {move.to === null ? 'removed' : 'moved'} {counted(format, move.people, 'person', 'people')} from “
            {titleOf(move.version, move.step)}”{move.to === null ? '' : ` to “${titleOf(move.to.version, move.to.step)}”`}
            {move.to === null || move.to.version === move.version ? '' : ` of version ${move.to.version}`} · <When at={move.askedAt} />
            <br />
            <span className={styles.words}>{progressWords(move, format)}</span>
            {move.waiting === 0 ? null : (
              <div className={styles.track}>
                <div className={styles.done} style={{ width: `${(1 - move.waiting / move.people) * 100}%` }} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function progressWords({ people, waiting, moved, passed }: JourneyMove, format: Format): string {
  const gone = passed === 0 ? '' : `; ${counted(format, passed, 'had', 'had')} gone on by themselves`
  const done = `${format.number(moved)} of ${format.number(people)} done${gone}`
  return waiting === 0 ? done : `${done}; ${format.number(waiting)} to go`
}
