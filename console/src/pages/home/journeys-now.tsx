import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'
import type { GoalReached } from '@throughline/contracts'
import { counted, type Format } from '../../format/format.ts'
import { mainGoal } from '../../format/goal-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Loaded, Pending } from '../../ui/states.tsx'
import styles from './home.module.css'

/** `14 reached the goal · `, or of several the one that the journey is for; nothing where it has none. */
function reachedWords(goals: readonly GoalReached[], format: Pick<Format, 'number'>): string {
  const main = mainGoal(goals)
  if (main === undefined) return ''
  return `${format.number(main.reached)} reached ${goals.length === 1 ? 'the goal' : `“${main.name}”`} · `
}

/** The journeys with most people in them; nothing while there is none. */
export function JourneysNow() {
  const journeys = useQuery({ ...ask('journeys', {}), refetchInterval: 10_000 })
  const format = useFormat()
  if (journeys.data?.items.length === 0) return null
  return (
    <Panel title="Journeys under way" flush>
      <Loaded query={journeys} what="journeys" pending={<Pending what="journeys" rows={2} />}>
        {({ items }) => (
          <ul className={styles.journeys}>
            {[...items]
              .sort((a, b) => b.inside - a.inside)
              .slice(0, 5)
              .map((journey) => (
                <li key={journey.id}>
                  <Link to="/journeys/$id" params={{ id: journey.id }} search={{}} className={styles.journey}>
                    <strong>{journey.name}</strong>
                    <span className="num">{counted(format, journey.inside, 'person', 'people')} inside</span>
                    <span className={styles.journeyWords}>
                      {format.number(journey.entered)} entered · {reachedWords(journey.goals, format)}
                      {counted(format, journey.messages, 'message', 'messages')}
                    </span>
                  </Link>
                </li>
              ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}
