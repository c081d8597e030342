import { useState } from 'react'
import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { problemOf } from '../../api/failure.ts'
import { Action } from '../../ui/action.tsx'
import { Failure } from '../../ui/states.tsx'
import { refreshList } from './refresh.ts'

/** Gives a list another name; its id stays. */
export function RenameList({ id, name, close }: { readonly id: string; readonly name: string; readonly close: () => void }) {
  const [typed, setTyped] = useState(name)
  const rename = useMutation({
    mutationFn: () => call('renameList', { params: { id }, body: { name: typed.trim() } }),
    onSuccess: async () => {
      await refreshList(id)
      close()
    },
  })
  const problem = problemOf(rename.error, 'name')
  const blocked = typed.trim() === '' ? 'It needs a name.' : typed.trim() === name ? 'It is called that already.' : undefined
  return (
    <Modal opened onClose={close} title="Rename the list">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) rename.mutate()
        }}
      >
        <TextInput
          label="Name"
          description={`Definitions know it by its id, ${id}, which stays.`}
          maxLength={120}
          required
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
          error={problem}
        />
        {rename.error === null || problem !== undefined ? null : <Failure error={rename.error} />}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Action route="renameList" type="submit" loading={rename.isPending} blocked={blocked}>
            Rename the list
          </Action>
        </div>
      </form>
    </Modal>
  )
}
