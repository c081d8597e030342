import { useState } from 'react'
import { IconArchive } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { isOpen } from '../../format/campaign-words.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Failure } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { refreshCampaigns } from './act-on-send.tsx'
import type { Campaign } from './campaign.tsx'
import styles from './campaigns.module.css'

/** Takes a campaign out of use, once it is not under way. */
export function Archive({ campaign: { name, definition, sends } }: { readonly campaign: Campaign }) {
  const [asking, setAsking] = useState(false)
  const open = sends.find(({ state }) => isOpen(state))
  const archive = useMutation({
    mutationFn: () => call('applyDefinitions', { body: { definitions: [{ ...definition, archived: true }] } }),
    onSuccess: async () => {
      await refreshCampaigns()
      setAsking(false)
      toast(`“${name}” is archived.`)
    },
  })
  return (
    <>
      <Action
        route="applyDefinitions"
        variant="default"
        leftSection={<IconArchive size={16} aria-hidden />}
        blocked={open === undefined ? undefined : `Send ${open.number} is ${open.state}. Cancel it first, or wait for its end.`}
        onClick={() => setAsking(true)}
      >
        Archive
      </Action>
      <Confirm
        opened={asking}
        title={`Archive “${name}”`}
        action="Archive the campaign"
        busy={archive.isPending}
        error={archive.error}
        onClose={() => setAsking(false)}
        onConfirm={() => archive.mutate()}
      >
        It goes out of the list and cannot be sent. What became of everybody stays, and it can be restored at any time.
      </Confirm>
    </>
  )
}

/** Brings an archived campaign back, as it was. */
export function Restore({ campaign: { name, definition } }: { readonly campaign: Campaign }) {
  const restore = useMutation({
    mutationFn: () => {
      const { archived: _, ...rest } = definition
      return call('applyDefinitions', { body: { definitions: [rest] } })
    },
    onSuccess: async () => {
      await refreshCampaigns()
      toast(`“${name}” is in use again. Nothing was sent.`)
    },
  })
  return (
    <div className={styles.bar}>
      <p>It is archived: it cannot be sent.</p>
      <Action route="applyDefinitions" size="xs" loading={restore.isPending} onClick={() => restore.mutate()}>
        Restore the campaign
      </Action>
      {restore.error === null ? null : <Failure error={restore.error} />}
    </div>
  )
}
