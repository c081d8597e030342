import { useState } from 'react'
import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { idOf } from '../segments/builder/words.ts'
import { blankJourney, writeDraft } from './model/draft.ts'

/** The buttons that begin a journey: by a name and the editor, or by questions. */
export function NewJourney() {
  const [asking, setAsking] = useState(false)
  const navigate = useNavigate()
  const journeys = useQuery(ask('journeys', {}))
  const drafts = useQuery(ask('journeyDrafts', {}))
  const taken = [...(journeys.data?.items ?? []), ...(drafts.data?.items ?? [])].map(({ id }) => id)
  return (
    <>
      <Action route="beginJourneyDraft" onClick={() => setAsking(true)}>
        New journey
      </Action>
      <Action route="beginJourneyDraft" variant="default" onClick={() => void navigate({ to: '/journeys/_new' })}>
        Answer seventeen questions
      </Action>
      <Button variant="default" renderRoot={(props) => <Link {...props} to="/journeys/_ready-made" />}>
        Start from a ready-made journey
      </Button>
      {asking ? (
        <NameDialog
          title="New journey"
          action="Begin"
          route="beginJourneyDraft"
          placeholder="Recover abandoned carts"
          close={() => setAsking(false)}
          save={async (name) => {
            const id = idOf(name, taken, 'journey')
            await call('beginJourneyDraft', { body: { definition: writeDraft(blankJourney(id, name)), basedOn: 0 } })
            await queryClient.invalidateQueries({ queryKey: ['journeyDrafts'] })
            await navigate({ to: '/journeys/$id/edit', params: { id } })
          }}
        />
      ) : null}
    </>
  )
}
