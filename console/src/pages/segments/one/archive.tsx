import { useState } from 'react'
import { IconArchive } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../../api/client.ts'
import { queryClient } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Action } from '../../../ui/action.tsx'
import { Confirm } from '../../../ui/confirm.tsx'
import { Failure } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.ts'
import type { Segment } from '../segment.tsx'
import styles from './segment.module.css'

/** Asks again what a change of a segment may have changed. */
async function refresh(id: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['segments'] }),
    queryClient.invalidateQueries({ queryKey: ['segment', { params: { id } }] }),
    queryClient.invalidateQueries({ queryKey: ['segmentMembers'] }),
  ])
}

/** Takes a segment out of use, once nothing uses it. */
export function Archive({ segment }: { readonly segment: Segment }) {
  const { id, name, size, usedIn } = segment
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const archive = useMutation({
    mutationFn: () => call('archiveSegment', { params: { id } }),
    onSuccess: async () => {
      await refresh(id)
      setOpen(false)
      toast(`“${name}” is archived.`)
    },
  })
  const uses = usedIn.map((one) => `the ${one.kind} “${one.name}”`).join(', ')
  return (
    <>
      <Action
        route="archiveSegment"
        variant="default"
        leftSection={<IconArchive size={16} aria-hidden />}
        blocked={uses === '' ? undefined : `It is used in ${uses}. Take it out there first.`}
        onClick={() => setOpen(true)}
      >
        Archive
      </Action>
      <Confirm
        opened={open}
        title={`Archive “${name}”`}
        action="Archive the segment"
        busy={archive.isPending}
        error={archive.error}
        onClose={() => setOpen(false)}
        onConfirm={() => archive.mutate()}
      >
        <p>
          {size === 0 ? 'Nobody is in it now.' : `${counted(format, size, 'person leaves', 'people leave')} it; no journey starts by that.`}{' '}
          Nothing can ask about it any more. It can be restored at any time, and is then worked out anew.
        </p>
      </Confirm>
    </>
  )
}

/** Brings an archived segment back, as it was. */
export function Restore({ segment }: { readonly segment: Segment }) {
  const { id, name, definition } = segment
  const restore = useMutation({
    mutationFn: () => {
      const { archived: _, ...rest } = definition
      return call('applyDefinitions', { body: { definitions: [rest] } })
    },
    onSuccess: async () => {
      await refresh(id)
      toast(`“${name}” is in use again; who is in it is being worked out.`)
    },
  })
  return (
    <div className={styles.bin}>
      <p>It is archived: nobody is in it, and nothing can ask about it.</p>
      <Action route="applyDefinitions" size="xs" loading={restore.isPending} onClick={() => restore.mutate()}>
        Restore the segment
      </Action>
      {restore.error === null ? null : <Failure error={restore.error} />}
    </div>
  )
}
