import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import type { CampaignSend, SendAction } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'
import { sendActionWords } from '../../format/campaign-words.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'

/** Asks again what a deed may have changed. */
export async function refreshCampaigns(): Promise<void> {
  await Promise.all(['campaigns', 'campaign', 'sendResults', 'overview'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
}

function useActOnSend({ campaign, number }: Pick<CampaignSend, 'campaign' | 'number'>, done: () => void) {
  return useMutation({
    mutationFn: (action: SendAction) => call('actOnSend', { params: { id: campaign, number }, body: { action } }),
    onSuccess: async (_, action) => {
      await refreshCampaigns()
      done()
      toast(sendActionWords[action].done)
    },
  })
}

/** Buttons for what can be done with a send now: pausing and resuming at once, cancelling after a question. Undoing stands in a bar of its own. */
export function SendDeeds({ send }: { readonly send: CampaignSend }) {
  const [wish, setWish] = useState<SendAction | null>(null)
  const act = useActOnSend(send, () => setWish(null))
  const offered = send.actions.filter((action) => action !== 'undo')
  return (
    <>
      {offered.map((action) => (
        <Action
          key={action}
          route="actOnSend"
          variant={action === 'resume' ? 'filled' : 'default'}
          loading={act.isPending && act.variables === action}
          onClick={() => (action === 'cancel' || action === 'send-all' ? setWish(action) : act.mutate(action))}
        >
          {sendActionWords[action].action}
        </Action>
      ))}
      {wish === null && act.error !== null ? <Failure error={act.error} /> : null}
      <Confirm
        opened={wish !== null}
        title={wish === 'send-all' ? 'Send it to all now?' : 'Cancel this send?'}
        action={sendActionWords[wish ?? 'cancel'].action}
        danger={wish !== 'send-all'}
        busy={act.isPending}
        error={act.error}
        onClose={() => {
          act.reset()
          setWish(null)
        }}
        onConfirm={() => act.mutate(wish ?? 'cancel')}
      >
        {sendActionWords[wish ?? 'cancel'].means}
      </Confirm>
    </>
  )
}

/** The button that takes a send back whole. */
export function UndoSend({ send }: { readonly send: CampaignSend }) {
  const act = useActOnSend(send, () => undefined)
  return (
    <>
      <Action route="actOnSend" loading={act.isPending} onClick={() => act.mutate('undo')}>
        Undo
      </Action>
      {act.error === null ? null : <Failure error={act.error} />}
    </>
  )
}
