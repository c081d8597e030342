import { Link } from '@tanstack/react-router'
import type { Json, PersonDetail, PersonHistory } from '@throughline/contracts'
import { CopyIcon } from '../../ui/copy.tsx'
import { jsonWords } from '../../ui/json-view.tsx'
import { Panel } from '../../ui/panel.tsx'
import { When } from '../../ui/when.tsx'
import styles from './people.module.css'

/** What is known of somebody; each trait says when it was said, and by which event of which source. */
export function Traits({ traits, sources }: { readonly traits: PersonDetail['traits']; readonly sources: PersonHistory['traits'] }) {
  const from = new Map(sources.map((one) => [one.name, one]))
  return (
    <Panel title="Traits">
      {traits.length === 0 ? (
        <p className="dim">Nothing yet. Traits come with an identify call, or from a journey step.</p>
      ) : (
        <ul className={styles.list}>
          {traits.map((trait) => (
            <li key={trait.name}>
              <span className="dim">{trait.name}</span>
              <span className={styles.value}>
                {trait.value === null ? <span className="dim">taken away</span> : jsonWords(trait.value)}
                <span className={styles.from}>
                  <When at={trait.at} as="stamp" />
                  {from.has(trait.name) ? ` · ${from.get(trait.name)?.event} from ${from.get(trait.name)?.source}` : ''}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** What is worked out of what they did. */
export function ComputedTraits({ computed }: { readonly computed: PersonDetail['computed'] }) {
  if (computed.length === 0) return null
  return (
    <Panel title="Computed traits">
      <ul className={styles.list}>
        {computed.map(({ id, name, value, pending }) => (
          <li key={id}>
            <Link to="/segments/_traits/$id" params={{ id }} className="link">
              {name}
            </Link>
            <span className={styles.value}>
              {pending ? (
                <span className="dim">history is being read</span>
              ) : value === null ? (
                <span className="dim">no value</span>
              ) : (
                computedWords(value)
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function computedWords(value: Json): string {
  if (typeof value === 'number') return new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 }).format(value)
  return Array.isArray(value) ? value.map(jsonWords).join(', ') : jsonWords(value)
}

const kindNames: Record<string, string> = { user_id: 'User id', email: 'E-mail', phone: 'Phone', anonymous_id: 'Device' }

/** By what somebody is recognised. */
export function Identifiers({
  identifiers,
  devices,
}: {
  readonly identifiers: PersonDetail['identifiers']
  readonly devices: PersonHistory['devices']
}) {
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
                <span className={styles.from}>
                  since <When at={one.since} as="date" />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {devices.length === 0 ? null : (
        <>
          <h3 className={styles.subtitle}>Seen on</h3>
          <ul className={styles.list}>
            {devices.map((one) => (
              <li key={`${one.platform} ${one.client}`}>
                <span title={one.userAgent ?? undefined}>
                  {one.platform} <span className="soft">{one.client}</span>
                </span>
                <span className="dim">
                  last <When at={one.lastAt} />
                </span>
              </li>
            ))}
          </ul>
        </>
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

const leftNames: Record<string, string> = { goal: 'reached the goal', exit: 'left by an exit', end: 'went to the end' }

/** Where somebody stands in journeys now, and which they have left; nothing while there was none. */
export function Runs({ runs, past }: { readonly runs: PersonDetail['runs']; readonly past: PersonHistory['pastJourneys'] }) {
  if (runs.length === 0 && past.length === 0) return null
  return (
    <Panel title="Journeys">
      {runs.length === 0 ? (
        <p className="dim">In none at the moment.</p>
      ) : (
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
      )}
      {past.length === 0 ? null : (
        <details className={styles.past}>
          <summary>{past.length === 1 ? 'One left before' : `${past.length} left before`}</summary>
          <ul className={styles.list}>
            {past.map((run) => (
              <li key={`${run.journey}:${run.leftAt}`}>
                <Link to="/journeys/$id" params={{ id: run.journey }} search={{ version: run.version }} className="link">
                  {run.journeyName}
                </Link>
                <span className="soft">
                  {leftNames[run.reason] ?? run.reason}, <When at={run.leftAt} as="stamp" />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  )
}
