import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import type { ChannelKind } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'

/** Sends a channel to the sandbox again, after asking. */
export function RemoveProvider({ channel }: { readonly channel: ChannelKind }) {
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => call('deleteProvider', { params: { channel } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['providers'] })
      setAsking(false)
    },
  })
  return (
    <>
      <Action route="deleteProvider" variant="subtle" color="red" size="compact-sm" onClick={() => setAsking(true)}>
        Remove
      </Action>
      <Confirm
        opened={asking}
        title="Remove the provider"
        danger
        action="Remove it, use the sandbox"
        busy={remove.isPending}
        error={remove.error}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate()}
      >
        <p>
          From then on messages of this channel reach nobody; they go to the sandbox, where you see them. Its password and keys are deleted.
        </p>
      </Confirm>
    </>
  )
}
