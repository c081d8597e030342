import { useState } from 'react'
import { Button, Textarea, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Task } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { personTitle } from '../../format/person-words.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'

/** One task: what it says, whom it is about, and the way to say that it is done. */
export function TaskDialog({ id, close }: { readonly id: string; readonly close: () => void }) {
  const task = useQuery(ask('task', { params: { id } }))
  return (
    <Dialog opened onClose={close} title={task.data?.title === '' ? 'Forgotten with the person' : (task.data?.title ?? 'Task')}>
      <Loaded query={task} what="this task">
        {(data) => <TaskForm task={data} close={close} />}
      </Loaded>
    </Dialog>
  )
}

function TaskForm({ task, close }: { readonly task: Task; readonly close: () => void }) {
  const { id, text, person, journey, assignee, createdAt, dueAt, doneAt, doneBy, problem } = task
  const [note, setNote] = useState('')
  const [other, setOther] = useState(assignee)
  const then = async (words: string): Promise<void> => {
    await refreshTasks()
    close()
    toast(words)
  }
  const finish = useMutation({
    mutationFn: () => call('finishTask', { params: { id }, body: { note } }),
    onSuccess: () => then('It is done.'),
  })
  const reopen = useMutation({
    mutationFn: () => call('reopenTask', { params: { id }, body: { note } }),
    onSuccess: () => then('It is open again.'),
  })
  const assign = useMutation({
    mutationFn: () => call('assignTask', { params: { id }, body: { assignee: other.trim() } }),
    onSuccess: () => then(`It is ${other.trim()}’s now.`),
  })
  const error = finish.error ?? reopen.error ?? assign.error
  return (
    <div className="stack">
      {problem === null ? null : <p className="soft">Its texts could not be written for this person: {problem}</p>}
      {text === '' ? null : <p style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{text}</p>}
      <p className="soft">
        {person === null ? 'About somebody who was forgotten' : 'About '}
        {person === null ? null : <PersonLink id={person.id} name={personTitle(person)} />}, from the journey{' '}
        <Link to="/journeys/$id" params={{ id: journey }}>
          {journey}
        </Link>
        . Came <When at={createdAt} />
        {dueAt === null ? '' : ', due '}
        {dueAt === null ? null : <When at={dueAt} />}.
      </p>
      {doneAt === null ? null : (
        <p className="soft">
          Done <When at={doneAt} /> by {doneBy}.
        </p>
      )}
      {task.note === null || task.note === '' ? null : <p style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>“{task.note}”</p>}
      {doneAt === null ? (
        <form
          className="row"
          style={{ alignItems: 'flex-end' }}
          onSubmit={(event) => {
            event.preventDefault()
            if (other.trim() !== assignee) assign.mutate()
          }}
        >
          <TextInput
            label="Whose it is"
            type="email"
            maxLength={254}
            value={other}
            onChange={(event) => setOther(event.currentTarget.value)}
            style={{ flex: 1 }}
          />
          <Action
            route="assignTask"
            type="submit"
            variant="default"
            loading={assign.isPending}
            blocked={other.trim() === assignee ? 'It is theirs already.' : undefined}
          >
            Give it to them
          </Action>
        </form>
      ) : null}
      <Textarea
        label="Note"
        description="May be left empty. It stands with the task, and on the person’s timeline."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={2_000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {error === null ? null : <Failure error={error} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Close
        </Button>
        {doneAt === null ? (
          <Action route="finishTask" loading={finish.isPending} onClick={() => finish.mutate()}>
            It is done
          </Action>
        ) : (
          <Action route="reopenTask" variant="default" loading={reopen.isPending} onClick={() => reopen.mutate()}>
            Open it again
          </Action>
        )}
      </div>
    </div>
  )
}

async function refreshTasks(): Promise<void> {
  await Promise.all(['tasks', 'task', 'taskAssignees', 'overview'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
}
