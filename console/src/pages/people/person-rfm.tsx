import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Panel } from '../../ui/panel.tsx'
import { Loaded, Pending } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import { nameOfGroup } from '../segments/rfm/begin.ts'
import styles from '../segments/rfm/rfm.module.css'

/** Where somebody stands among all buyers, since when, and where they stood before. */
export function PersonRfm({ id }: { readonly id: string }) {
  const rfm = useQuery({ ...ask('personRfm', { params: { id } }), refetchInterval: 30_000 })
  return (
    <Panel
      title="Among all buyers"
      aside={
        <Link to="/segments/_rfm" className="link">
          RFM
        </Link>
      }
    >
      <Loaded query={rfm} what="the scores" pending={<Pending what="the scores" rows={2} />}>
        {({ scores, path }) =>
          scores === null ? (
            <p className="dim">No scores: they have not ordered, or nothing has been computed yet.</p>
          ) : (
            <div className="stack">
              <p>
                <span className={styles.standing}>{nameOfGroup(scores.group)}</span>{' '}
                <span className="dim">
                  {path.length > 1 ? 'since' : 'since before'} <When at={path[0]!.at} as="date" />
                </span>
              </p>
              <dl className={styles.scores}>
                {(['recency', 'frequency', 'money'] as const).map((name) => (
                  <div key={name}>
                    <dt>{name[0]!.toUpperCase() + name.slice(1)}</dt>
                    <dd className="num">
                      {scores[name]} <small>of 5</small>
                    </dd>
                  </div>
                ))}
              </dl>
              {path.length < 2 ? null : (
                <details className={styles.path}>
                  <summary>Where they stood before</summary>
                  <ol>
                    {path.slice(1).map(({ at, group }) => (
                      <li key={at}>
                        <span>{nameOfGroup(group)}</span>
                        <span className="dim">
                          from <When at={at} as="date" /> on
                        </span>
                      </li>
                    ))}
                  </ol>
                </details>
              )}
            </div>
          )
        }
      </Loaded>
    </Panel>
  )
}
