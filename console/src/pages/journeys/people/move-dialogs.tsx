import { useState } from 'react'
import { Select } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { ask, queryClient } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Action } from '../../../ui/action.tsx'
import { Confirm } from '../../../ui/confirm.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { DialogFoot } from '../../../ui/dialog-foot.tsx'
import { Failure, Loaded } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.ts'
import { inFull } from '../model/draft.ts'
import { targetsOf } from '../model/options.ts'

interface DeedProps {
  readonly journey: RouteResponse<'journey'>
  readonly step: string
  readonly title: string
  readonly count: number
  /** Left out, everybody at the step. */
  readonly runs: readonly string[] | undefined
  readonly close: () => void
  readonly done: () => void
}

async function refresh(): Promise<void> {
  await Promise.all(['journeyMoves', 'journeyPeople', 'journey'].map((route) => queryClient.invalidateQueries({ queryKey: [route] })))
}

const whom = ({ journey, step, runs }: DeedProps) => ({ version: journey.version, step, ...(runs !== undefined && { runs: [...runs] }) })

/** Asks where people go, and says what that means. */
export function MoveDialog(props: DeedProps) {
  const { journey, step, title, count, close, done } = props
  const format = useFormat()
  const [version, setVersion] = useState(journey.version)
  const [target, setTarget] = useState<string | null>(null)
  const there = useQuery(ask('journey', { params: { id: journey.id }, query: { version } }))
  const who = counted(format, count, 'person', 'people')
  const go = useMutation({
    mutationFn: (to: string) =>
      call('moveJourneyPeople', { params: { id: journey.id }, body: { ...whom(props), to: { version, step: to } } }),
    onSuccess: async ({ people }) => {
      await refresh()
      toast(`${counted(format, people, 'person goes', 'people go')} to another step.`)
      done()
    },
  })
  return (
    <Dialog opened onClose={close} title={`Move ${who} from “${title}”`}>
      <div className="stack">
        <Select
          label="Version"
          allowDeselect={false}
          value={String(version)}
          data={journey.versions.map((one) => ({ value: String(one.version), label: `Version ${one.version}` }))}
          onChange={(value) => {
            setVersion(Number(value))
            setTarget(null)
          }}
        />
        <Loaded query={there} what={`version ${version}`}>
          {({ definition }) => (
            <Select
              label="To the step"
              placeholder="Choose a step"
              searchable
              value={target}
              data={targetsOf(inFull(definition))
                .filter(([id]) => version !== journey.version || id !== step)
                .map(([value, label]) => ({ value, label }))}
              onChange={setTarget}
            />
          )}
        </Loaded>
        <p className="soft">
          They arrive there anew: a message is sent, a wait begins from its start. Who goes on by themselves before their turn comes is left
          where they are.
        </p>
        {go.error === null ? null : <Failure error={go.error} />}
        <DialogFoot close={close}>
          <Action
            route="moveJourneyPeople"
            loading={go.isPending}
            blocked={target === null ? 'Choose the step to which they go.' : undefined}
            onClick={() => {
              if (target !== null) go.mutate(target)
            }}
          >
            Move {who}
          </Action>
        </DialogFoot>
      </div>
    </Dialog>
  )
}

/** Asks before people are taken out. */
export function RemoveDialog(props: DeedProps) {
  const { journey, title, count, close, done } = props
  const format = useFormat()
  const who = counted(format, count, 'person', 'people')
  const go = useMutation({
    mutationFn: () => call('removeJourneyPeople', { params: { id: journey.id }, body: whom(props) }),
    onSuccess: async ({ people }) => {
      await refresh()
      toast(`${counted(format, people, 'person leaves', 'people leave')} “${journey.name}”.`)
      done()
    },
  })
  return (
    <Confirm
      opened
      title={`Remove ${who} from “${journey.name}”`}
      action={`Remove ${who}`}
      danger
      busy={go.isPending}
      error={go.error}
      onClose={close}
      onConfirm={() => go.mutate()}
    >
      They leave at “{title}”, and what they were about to be told is called back. This cannot be undone; whether they can come in again
      says the rule of how often.
    </Confirm>
  )
}
