import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { RouteName } from '@throughline/contracts'
import { problemOf } from '../api/failure.ts'
import { Action } from './action.tsx'
import { Dialog } from './dialog.tsx'
import { DialogFoot } from './dialog-foot.tsx'
import { Failure } from './states.tsx'

interface NameDialogProps {
  readonly title: string
  /** The route that it calls. */
  readonly route: RouteName
  /** What the button does, in its own words: "Make the list". */
  readonly action: string
  readonly placeholder?: string
  readonly description?: string
  /** The name that stands. */
  readonly initial?: string
  /** Why a name cannot be taken, a sentence; without it, why there is none. */
  readonly blocks?: (name: string) => string | undefined
  /** Further fields, below the name. */
  readonly children?: ReactNode
  readonly close: () => void
  /** Says it to the server, and does what follows. Its failure is shown, at the name where it is about that. */
  readonly save: (name: string) => Promise<void>
}

const needsName = (name: string): string | undefined => (name === '' ? 'Give it a name first.' : undefined)

/** Asks for the name of something new, or for another one. */
export function NameDialog({ title, route, action, initial = '', blocks = needsName, children, close, save, ...field }: NameDialogProps) {
  const [typed, setTyped] = useState(initial)
  const name = typed.trim()
  const blocked = blocks(name)
  const saving = useMutation({ mutationFn: () => save(name) })
  const problem = problemOf(saving.error, 'name')
  return (
    <Dialog opened onClose={close} title={title}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          if (blocked === undefined) saving.mutate()
        }}
      >
        <TextInput
          {...field}
          label="Name"
          maxLength={120}
          required
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
          error={problem}
        />
        {children}
        {saving.error === null || problem !== undefined ? null : <Failure error={saving.error} />}
        <DialogFoot close={close}>
          <Action route={route} type="submit" loading={saving.isPending} blocked={blocked}>
            {action}
          </Action>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
