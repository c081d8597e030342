import { useState } from 'react'
import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { MergePreview, PersonDetail } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Failure, Loaded, Pending } from '../../ui/states.tsx'
import styles from './people.module.css'

/** Finds the other one, shows what would be joined, and merges. */
export function MergePerson({ person, onClose }: { readonly person: PersonDetail; readonly onClose: () => void }) {
  const [search, setSearch] = useState('')
  const [other, setOther] = useState<string | null>(null)
  const navigate = useNavigate()
  const found = useQuery({ ...ask('people', { query: { search, limit: 8 } }), enabled: search !== '' && other === null })
  const preview = useQuery({
    ...ask('previewMerge', { params: { id: person.id }, query: { with: other ?? '' } }),
    enabled: other !== null,
  })
  const merge = useMutation({
    mutationFn: (id: string) => call('mergePeople', { params: { id: person.id }, body: { with: id } }),
    onSuccess: async ({ id }) => {
      onClose()
      await navigate({ to: '/people/$id', params: { id }, search: {} })
      await queryClient.invalidateQueries()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={`Merge ${personTitle(person)} with somebody`} size="lg">
      <div className="stack">
        {other === null ? (
          <>
            <p className="soft">Who is the same person? Search by name, e-mail address, user id or device.</p>
            <SearchBox label="Find the other one" value={search} onSearch={setSearch} />
            {search === '' ? null : (
              <Loaded query={found} what="people" pending={<Pending what="people" rows={3} />}>
                {({ items }) => {
                  const others = items.filter(({ id }) => id !== person.id)
                  return others.length === 0 ? (
                    <p className="dim">Nobody else is found by “{search}”.</p>
                  ) : (
                    <ul className={styles.found} aria-label="People found">
                      {others.map((one) => (
                        <li key={one.id}>
                          <Button variant="default" fullWidth justify="start" onClick={() => setOther(one.id)}>
                            {personTitle(one)}
                            {one.email === null || one.name === null ? '' : ` · ${one.email}`}
                          </Button>
                        </li>
                      ))}
                    </ul>
                  )
                }}
              </Loaded>
            )}
          </>
        ) : (
          <Loaded query={preview} what="what would be joined" pending={<Pending what="what would be joined" rows={4} />}>
            {(plan) => (
              <>
                <div className={styles.sides}>
                  <Side title="Stays" side={plan.winner} />
                  <Side title="Joins" side={plan.loser} />
                </div>
                {plan.refusal === null ? (
                  <p className="soft">
                    History, devices and journeys of both become one. Where both say a trait, the later word stays; an opt-out of either
                    holds. It can be undone on their page.
                  </p>
                ) : (
                  <p role="alert">{plan.refusal}</p>
                )}
                {merge.error === null ? null : <Failure error={merge.error} />}
              </>
            )}
          </Loaded>
        )}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={() => (other === null ? onClose() : setOther(null))}>
            {other === null ? 'Cancel' : 'Choose somebody else'}
          </Button>
          {other === null ? null : (
            <Action
              route="mergePeople"
              loading={merge.isPending}
              blocked={preview.data === undefined ? 'Look at what would be joined first.' : (preview.data.refusal ?? undefined)}
              onClick={() => merge.mutate(other)}
            >
              Merge the two
            </Action>
          )}
        </div>
      </div>
    </Dialog>
  )
}

function Side({ title, side }: { readonly title: string; readonly side: MergePreview['winner'] }) {
  return (
    <section className={styles.side2} aria-label={title}>
      <p className="dim">{title}</p>
      <p>
        <strong>{personTitle(side.person)}</strong>
      </p>
      <ul>
        {side.identifiers.slice(0, 8).map(({ kind, value }) => (
          <li key={`${kind}:${value}`} className="mono break">
            {value}
          </li>
        ))}
      </ul>
      {side.identifiers.length > 8 ? <p className="dim">and {side.identifiers.length - 8} more</p> : null}
    </section>
  )
}
