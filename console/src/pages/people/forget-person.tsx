import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import type { PersonDetail } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DialogFoot } from '../../ui/dialog-foot.tsx'
import { Failure } from '../../ui/states.tsx'

const WORD = 'forget'

/** Asks for a word before somebody is forgotten, since nothing brings them back. */
export function ForgetPerson({ person, onClose }: { readonly person: PersonDetail; readonly onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const navigate = useNavigate()
  const forget = useMutation({
    mutationFn: () => call('forgetPerson', { params: { id: person.id } }),
    onSuccess: async () => {
      await navigate({ to: '/settings/forgotten' })
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: ['people'] }),
        queryClient.invalidateQueries({ queryKey: ['forgets'] }),
        queryClient.resetQueries({ queryKey: ['person'] }),
      ])
    },
  })
  const ready = typed.trim().toLowerCase() === WORD
  return (
    <Dialog opened onClose={onClose} title={`Forget ${personTitle(person)}`}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) forget.mutate()
        }}
      >
        <p>
          Everything known of {personTitle(person)} is deleted, everywhere: profile, events, messages, consents, also in the archive.
          Nothing brings it back. Their devices and addresses are remembered by a fingerprint alone, so that they do not come back by an
          event or an import.
        </p>
        <p className="soft">If they asked what is known of them, download that first.</p>
        <TextInput
          label={`Write “${WORD}” to go on`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        {forget.error === null ? null : <Failure error={forget.error} />}
        <DialogFoot close={onClose}>
          <Action
            route="forgetPerson"
            type="submit"
            color="red"
            loading={forget.isPending}
            blocked={ready ? undefined : `Write “${WORD}” above first.`}
          >
            Forget them for ever
          </Action>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
