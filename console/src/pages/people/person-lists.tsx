import { Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { PersonDetail } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loaded, Pending } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import styles from './people.module.css'

/** The lists that somebody is in, with the way into others and out. */
export function PersonLists({ person }: { readonly person: PersonDetail }) {
  const mine = useQuery(ask('personLists', { params: { id: person.id } }))
  const all = useQuery({ ...ask('lists', { query: {} }), staleTime: 30_000 })
  const allowed = useMayCall('addListMembers')
  const change = useMutation({
    mutationFn: ({ list, way }: { readonly list: string; readonly way: 'addListMembers' | 'removeListMembers' }) =>
      call(way, { params: { id: list }, body: { people: [{ id: person.id }] } }),
    onSuccess: () =>
      queryClient.invalidateQueries({
        predicate: ({ queryKey }) => ['personLists', 'lists', 'timeline', 'person'].includes(String(queryKey[0])),
      }),
  })
  return (
    <Panel title="On lists">
      <Loaded query={mine} what="the lists" pending={<Pending what="the lists" rows={2} />}>
        {({ items }) => {
          const others = (all.data?.items ?? []).filter(({ id }) => !items.some((one) => one.id === id))
          return (
            <div className="stack">
              {items.length === 0 ? (
                <p className="dim">On none at the moment.</p>
              ) : (
                <ul className={styles.list}>
                  {items.map((one) => (
                    <li key={one.id}>
                      <span>
                        <Link to="/lists/$id" params={{ id: one.id }} className="link">
                          {one.name}
                        </Link>{' '}
                        <span className="dim">
                          since <When at={one.since} as="date" />
                        </span>
                      </span>
                      <Action
                        route="removeListMembers"
                        variant="subtle"
                        size="compact-xs"
                        aria-label={`Remove from ${one.name}`}
                        onClick={() => change.mutate({ list: one.id, way: 'removeListMembers' })}
                      >
                        Remove
                      </Action>
                    </li>
                  ))}
                </ul>
              )}
              {allowed.kind === 'no' || others.length === 0 ? null : (
                <Select
                  aria-label="Add to a list"
                  placeholder="Add to a list"
                  value={null}
                  searchable
                  data={others.map(({ id, name }) => ({ value: id, label: name }))}
                  onChange={(list) => {
                    if (list !== null) change.mutate({ list, way: 'addListMembers' })
                  }}
                />
              )}
              {change.error === null ? null : <Failure error={change.error} />}
            </div>
          )
        }}
      </Loaded>
    </Panel>
  )
}
