import { Link } from '@tanstack/react-router'
import type { PersonDetail } from '@throughline/contracts'
import { CopyIcon } from '../../ui/copy.tsx'
import { jsonWords } from '../../ui/json-view.tsx'
import { Panel } from '../../ui/panel.tsx'
import { When } from '../../ui/when.tsx'
import styles from './people.module.css'

/** What is known of somebody; each trait says when it was said. */
export function Traits({ traits }: { readonly traits: PersonDetail['traits'] }) {
  return (
    <Panel title="Traits">
      {traits.length === 0 ? (
        <p className="dim">Nothing yet. Traits come with an identify call, or from a journey step.</p>
      ) : (
        <ul className={styles.list}>
          {traits.map((trait) => (
            <li key={trait.name}>
              <span className="dim">{trait.name}</span>
              <span className={styles.value} title={`said ${new Date(trait.at).toISOString()}`}>
                {jsonWords(trait.value)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

const kindNames: Record<string, string> = { user_id: 'User id', email: 'E-mail', phone: 'Phone', anonymous_id: 'Device' }

/** By what somebody is recognised. */
export function Identifiers({ identifiers }: { readonly identifiers: PersonDetail['identifiers'] }) {
  return (
    <Panel title="Recognised by">
      {identifiers.length === 0 ? (
        <p className="dim">Nothing: this profile’s identifiers have moved to another one.</p>
      ) : (
        <ul className={styles.list}>
          {identifiers.map((one) => (
            <li key={`${one.kind}:${one.value}`}>
              <span className="dim">{kindNames[one.kind] ?? one.kind}</span>
              <span className={`${styles.value} mono`}>
                {one.value} <CopyIcon text={one.value} what={`${kindNames[one.kind] ?? one.kind} ${one.value}`} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** In which segments somebody is, and since when. */
export function Memberships({ segments }: { readonly segments: PersonDetail['segments'] }) {
  return (
    <Panel title="In segments">
      {segments.length === 0 ? (
        <p className="dim">In none at the moment.</p>
      ) : (
        <ul className={styles.list}>
          {segments.map((one) => (
            <li key={one.id}>
              <Link to="/segments" hash={one.id} className="link">
                {one.name}
              </Link>
              <span className="dim">
                since <When at={one.since} as="stamp" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** Where somebody stands in journeys now; nothing while in none. */
export function Runs({ runs }: { readonly runs: PersonDetail['runs'] }) {
  if (runs.length === 0) return null
  return (
    <Panel title="On the way in journeys">
      <ul className={styles.list}>
        {runs.map((run) => (
          <li key={`${run.journey}:${run.enteredAt}`}>
            <Link to="/journeys/$id" params={{ id: run.journey }} search={{ version: run.version, step: run.step }} className="link">
              {run.journeyName}
            </Link>
            <span className="soft">
              at “{run.stepName}” since <When at={run.since} as="stamp" />
              {run.wakesAt === null ? (
                ''
              ) : (
                <>
                  , goes on <When at={run.wakesAt} as="stamp" /> (<When at={run.wakesAt} />)
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
