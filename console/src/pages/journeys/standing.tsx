import { useState } from 'react'
import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { JourneyState, RouteResponse } from '@throughline/contracts'
import { useMayCall } from '../../api/access.ts'
import { call } from '../../api/client.ts'
import { counted } from '../../format/format.ts'
import type { Tone } from '../../format/message-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { Pill } from '../../ui/pill.tsx'
import { toast } from '../../ui/toast.ts'

type Journey = Pick<RouteResponse<'journey'>, 'id' | 'name' | 'state' | 'versions'>

const names: Record<JourneyState, string> = {
  live: 'Live',
  paused: 'Paused',
  draining: 'Draining',
  stopped: 'Stopped',
  archived: 'Archived',
}
const tones: Record<JourneyState, Tone> = { live: 'good', paused: 'wait', draining: 'wait', stopped: 'plain', archived: 'plain' }

/** How a journey stands, in a word. */
export function StatePill({ state }: { readonly state: JourneyState }) {
  return <Pill tone={tones[state]}>{names[state]}</Pill>
}

type Wish = JourneyState | 'undo'

/** What the menu calls it, what it means for people, and what has happened then. */
const wishes: Record<
  Wish,
  { readonly action: string; readonly means: (inside: string) => string; readonly done: string; readonly danger?: true }
> = {
  live: {
    action: 'Resume',
    means: () => 'People come in again, and those who stood still go on from where they are.',
    done: 'It is live.',
  },
  paused: {
    action: 'Pause',
    means: (inside) => `Nobody comes in, and ${inside} inside stand still until it is resumed. Goals and exits still let people out.`,
    done: 'It is paused.',
  },
  draining: { action: 'Drain', means: (inside) => `Nobody comes in any more; ${inside} inside finish.`, done: 'It is draining.' },
  stopped: {
    action: 'Stop',
    means: (inside) => `Nobody comes in any more, and ${inside} inside leave at once.`,
    done: 'It is stopped.',
    danger: true,
  },
  archived: {
    action: 'Archive',
    means: (inside) => `It goes out of the list; nobody comes in any more, and ${inside} inside leave at once. Resuming brings it back.`,
    done: 'It is archived.',
    danger: true,
  },
  undo: {
    action: 'Undo the latest publication',
    means: () => 'The version before it is published again, as the next one. Those inside finish on the version on which they are.',
    done: 'The version before is published again.',
  },
}

/** How the journey stands, and a menu that changes it after saying what that means for people. */
export function Standing({ journey }: { readonly journey: Journey }) {
  const { id, name, state, versions } = journey
  const format = useFormat()
  const client = useQueryClient()
  const allowed = useMayCall('setJourneyState')
  const [wish, setWish] = useState<Wish | null>(null)
  const people = versions.reduce((sum, one) => sum + one.inside, 0)
  const inside = people === 1 ? 'the 1 person' : `the ${counted(format, people, 'person', 'people')}`
  const latest = Math.max(...versions.map((one) => one.version))
  const change = useMutation({
    mutationFn: async (wanted: Wish) => {
      if (wanted === 'undo') await call('undoJourney', { params: { id }, body: { onto: latest } })
      else await call('setJourneyState', { params: { id }, body: { state: wanted } })
      return wanted
    },
    onSuccess: async (wanted) => {
      setWish(null)
      await Promise.all([client.invalidateQueries({ queryKey: ['journey'] }), client.invalidateQueries({ queryKey: ['journeys'] })])
      toast(wishes[wanted].done)
    },
  })
  const offered: readonly Wish[] = [
    ...(['live', 'paused', 'draining', 'stopped', 'archived'] as const).filter((one) => one !== state),
    ...(versions.length > 1 ? (['undo'] as const) : []),
  ]
  const asked = wish === null ? null : wishes[wish]
  if (allowed.kind === 'no') return <StatePill state={state} />
  return (
    <>
      <Menu position="bottom-end" shadow="md" width={240}>
        <Menu.Target>
          <Button
            variant="default"
            rightSection={<IconChevronDown size={15} aria-hidden />}
            aria-label={`It is ${names[state].toLowerCase()}. Change that`}
          >
            {names[state]}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map((one) => (
            <Menu.Item key={one} {...(wishes[one].danger ? { color: 'red' } : {})} onClick={() => setWish(one)}>
              {wishes[one].action}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asked !== null}
        title={`${asked?.action ?? ''}: ${name}`}
        action={asked?.action ?? ''}
        danger={asked?.danger === true}
        busy={change.isPending}
        error={change.error}
        onClose={() => {
          change.reset()
          setWish(null)
        }}
        onConfirm={() => {
          if (wish !== null) change.mutate(wish)
        }}
      >
        {asked?.means(inside)}
      </Confirm>
    </>
  )
}
