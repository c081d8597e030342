import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import type { PersonDetail } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import { visitorTitle } from '../../format/person-words.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Panel } from '../../ui/panel.tsx'
import { When } from '../../ui/when.tsx'
import styles from './people.module.css'

/** Which profiles have become part of this one, and the way back; nothing while there was none. */
export function Merges({ person }: { readonly person: PersonDetail }) {
  const [undo, setUndo] = useState<PersonDetail['merges'][number] | null>(null)
  const split = useMutation({
    mutationFn: (merge: string) => call('unmerge', { params: { id: person.id }, body: { merge } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      setUndo(null)
    },
  })
  if (person.merges.length === 0) return null
  return (
    <Panel title="Merged profiles">
      <ul className={styles.list}>
        {person.merges.map((merge) => (
          <li key={merge.id}>
            <span className={styles.value}>
              {visitorTitle(merge.loser)} joined, <When at={merge.at} as="stamp" />
              <br />
              <span className="dim">{merge.reason}</span>
            </span>
            {merge.undoneAt === null ? (
              <Action route="unmerge" variant="default" size="compact-xs" onClick={() => setUndo(merge)}>
                Undo the merge
              </Action>
            ) : (
              <span className="dim">
                undone <When at={merge.undoneAt} />
              </span>
            )}
          </li>
        ))}
      </ul>
      <Confirm
        opened={undo !== null}
        title="Undo the merge"
        action="Separate the two profiles"
        busy={split.isPending}
        error={split.error}
        onClose={() => {
          setUndo(null)
          split.reset()
        }}
        onConfirm={() => {
          if (undo !== null) split.mutate(undo.id)
        }}
      >
        <p>
          The two become separate people again: each gets back the events, devices and consents that were theirs. Withdrawals of consent
          stay with both.
        </p>
      </Confirm>
    </Panel>
  )
}
