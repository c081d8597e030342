import { useNavigate } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { newPull, placeOf, scheduleOf } from './pull-draft.ts'
import type { PullDraft } from './pull-draft.ts'
import { PullForm } from './pull-form.tsx'

/** The first step of a pull: where the file is and when it is fetched. */
export function NewPull() {
  const navigate = useNavigate()
  const make = useMutation({
    mutationFn: (draft: PullDraft) =>
      call('createPull', {
        body: {
          name: draft.name.trim(),
          kind: draft.kind,
          place: placeOf(draft),
          schedule: scheduleOf(draft),
          ...(draft.secret === '' ? {} : { secret: draft.secret }),
        },
      }),
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: ['pulls'] })
      await navigate({ to: '/imports/pulls/$id', params: { id: made.id } })
    },
  })
  return (
    <Page
      title="Add a pull"
      lead="The file is fetched once, so that you can say what its columns are. Nothing is imported before you have seen what would come of it."
    >
      <Panel>
        <PullForm
          initial={newPull}
          fresh
          kept={false}
          route="createPull"
          action="Add it and fetch the file"
          busy={make.isPending}
          error={make.error}
          save={(draft) => make.mutate(draft)}
        />
      </Panel>
    </Page>
  )
}
