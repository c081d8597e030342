import { useState } from 'react'
import { IconHandStop } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { ask, queryClient } from '../api/queries.ts'
import { Action } from '../ui/action.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Failure } from '../ui/states.tsx'
import { toast } from '../ui/toast.ts'
import { When } from '../ui/when.tsx'
import styles from './full-stop.module.css'

function useFullStop() {
  return useQuery({ ...ask('fullStop', {}), refetchInterval: 10_000 })
}

function useSetFullStop(done: () => void) {
  return useMutation({
    mutationFn: (stopped: boolean) => call('setFullStop', { body: { stopped } }),
    onSuccess: async (answer) => {
      queryClient.setQueryData(ask('fullStop', {}).queryKey, answer)
      done()
      toast(answer.stopped ? 'Everything is stopped.' : 'Campaigns, journeys and messages go on.')
      await Promise.all(['campaigns', 'campaign', 'journeys', 'journey'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
    },
  })
}

/** The one button that stops everything, on every page. While all is stopped the banner has its counterpart. */
export function StopEverything({ compact = false }: { readonly compact?: boolean }) {
  const state = useFullStop()
  const [asking, setAsking] = useState(false)
  const stop = useSetFullStop(() => setAsking(false))
  if (state.data?.stopped === true) return null
  return (
    <div className={compact ? styles.compact : undefined}>
      <Action
        route="setFullStop"
        variant="subtle"
        color="red"
        size="compact-sm"
        className={styles.button ?? ''}
        leftSection={<IconHandStop size={16} stroke={1.7} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        Stop everything
      </Action>
      <Confirm
        opened={asking}
        title="Stop everything?"
        action="Stop everything"
        danger
        busy={stop.isPending}
        error={stop.error}
        onClose={() => {
          stop.reset()
          setAsking(false)
        }}
        onConfirm={() => stop.mutate(true)}
      >
        <p>
          At once no campaign and no journey goes on, and no marketing message is handed over any more, until somebody lets them go on.
          Nobody loses their place. Events are taken as before, and service messages that wait already still go out.
        </p>
      </Confirm>
    </div>
  )
}

/** Says on every page that everything is stopped, by whom and since when, and lets it go on. */
export function Stopped() {
  const { data } = useFullStop()
  const [asking, setAsking] = useState(false)
  const lift = useSetFullStop(() => setAsking(false))
  if (data?.stopped !== true) return null
  const { since, by, journeys } = data
  return (
    <div className={styles.banner} role="status">
      <p>
        <strong>Everything is stopped</strong>
        {by === null ? '' : ` by ${by}`}
        {since === null ? '' : ', '}
        {since === null ? null : <When at={since} />}: no campaign, journey or marketing message goes on.
      </p>
      <Action route="setFullStop" size="xs" color="red" onClick={() => setAsking(true)}>
        Let everything go on
      </Action>
      {asking || lift.error === null ? null : <Failure error={lift.error} />}
      <Confirm
        opened={asking}
        title="Let everything go on?"
        action="Let everything go on"
        busy={lift.isPending}
        error={lift.error}
        onClose={() => {
          lift.reset()
          setAsking(false)
        }}
        onConfirm={() => lift.mutate(false)}
      >
        <p>
          Campaigns go on where they stood, and messages that waited go out.{' '}
          {journeys.length === 0
            ? 'No journey was paused by the stop.'
            : `${journeys.length === 1 ? 'The journey that was' : `The ${journeys.length} journeys that were`} paused by the stop resume; those that somebody paused before stay paused.`}
        </p>
      </Confirm>
    </div>
  )
}
