import { useEffect, useState } from 'react'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Json, PersonDetail } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DialogFoot } from '../../ui/dialog-foot.tsx'
import { Failure } from '../../ui/states.tsx'
import styles from './people.module.css'

interface Line {
  readonly key: number
  readonly name: string
  readonly text: string
  /** As it stands; undefined for a new one. */
  readonly before: string | undefined
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What is typed, as a value: numbers, yes and no, lists and objects as JSON, everything else as text. */
function valueOf(text: string, before: Json | undefined): Json {
  if (typeof before === 'string') return text
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/** Changes traits by an event of our own; stays open until they are in force. */
export function EditTraits({ person, onClose }: { readonly person: PersonDetail; readonly onClose: () => void }) {
  const values = new Map(person.traits.map(({ name, value }) => [name, value]))
  const [lines, setLines] = useState<readonly Line[]>(() =>
    person.traits
      .filter(({ value }) => value !== null)
      .map(({ name, value }, key) => ({ key, name, text: textOf(value), before: textOf(value) })),
  )
  const [wanted, setWanted] = useState<{ readonly at: number; readonly names: readonly string[] } | null>(null)
  const changed = lines.filter((line) => line.name.trim() !== '' && line.text !== line.before)
  const save = useMutation({
    mutationFn: () =>
      call('setTraits', {
        params: { id: person.id },
        body: {
          traits: Object.fromEntries(
            changed.map((line): [string, Json] => [line.name.trim(), line.text === '' ? null : valueOf(line.text, values.get(line.name))]),
          ),
        },
      }),
    onSuccess: ({ at }) => setWanted({ at, names: changed.map(({ name }) => name.trim()) }),
  })
  const now = useQuery({
    ...ask('person', { params: { id: person.id } }),
    enabled: wanted !== null,
    refetchInterval: wanted === null ? false : 300,
  })
  const applied = wanted !== null && wanted.names.every((name) => (now.data?.traits.find((one) => one.name === name)?.at ?? 0) >= wanted.at)
  useEffect(() => {
    if (!applied) return
    void queryClient.invalidateQueries({ queryKey: ['timeline'] })
    void queryClient.invalidateQueries({ queryKey: ['personHistory'] })
    onClose()
  }, [applied, onClose])
  const set = (key: number, change: Partial<Line>): void =>
    setLines((all) => all.map((line) => (line.key === key ? { ...line, ...change } : line)))
  return (
    <Dialog opened onClose={onClose} title="Edit traits" size="lg">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (changed.length > 0) save.mutate()
        }}
      >
        <p className="soft">
          What you save is said by an event on the timeline, and moves segments like any other. Empty takes a trait away.
        </p>
        {lines.map((line) => (
          <div key={line.key} className={styles.trait}>
            <TextInput
              label={line.before === undefined ? 'New trait' : undefined}
              aria-label={line.before === undefined ? undefined : `Name of ${line.name}`}
              readOnly={line.before !== undefined}
              value={line.name}
              maxLength={200}
              onChange={(event) => set(line.key, { name: event.currentTarget.value })}
            />
            <TextInput
              aria-label={line.name === '' ? 'Value of the new trait' : `Value of ${line.name}`}
              value={line.text}
              onChange={(event) => set(line.key, { text: event.currentTarget.value })}
            />
            {line.before === undefined || line.text === '' ? (
              <span />
            ) : (
              <Button variant="subtle" size="compact-sm" aria-label={`Remove ${line.name}`} onClick={() => set(line.key, { text: '' })}>
                Remove
              </Button>
            )}
          </div>
        ))}
        <div>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() =>
              setLines((all) => [...all, { key: Math.max(-1, ...all.map(({ key }) => key)) + 1, name: '', text: '', before: undefined }])
            }
          >
            Add a trait
          </Button>
        </div>
        {save.error === null ? null : <Failure error={save.error} />}
        {wanted === null ? null : <p role="status">Saved. Waiting until it is in force…</p>}
        <DialogFoot close={onClose}>
          <Action
            route="setTraits"
            type="submit"
            loading={save.isPending || wanted !== null}
            blocked={changed.length === 0 ? 'Nothing is changed yet.' : undefined}
          >
            Save the traits
          </Action>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
