import { Autocomplete, Textarea, TextInput } from '@mantine/core'
import { IconClipboardList } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { DurationField, Pick } from '../../segments/editors/parts/fields.tsx'
import { Line } from '../../segments/editors/parts/words.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay, withKey } from './ways.ts'

type StaffTask = StepOf<'staff-task'>

function Fields({ step, onChange, isWrong }: StepFieldsProps<StaffTask>) {
  const me = useQuery({ ...ask('me', {}), staleTime: Number.POSITIVE_INFINITY })
  const assignees = useQuery({ ...ask('taskAssignees', {}), staleTime: 60_000 })
  const known = [...(me.data === undefined ? [] : [me.data.email]), ...(assignees.data?.items ?? []).map(({ assignee }) => assignee)]
  return (
    <>
      <TextInput
        label="What is to be done"
        description="In one line, with values of the person as messages have them."
        placeholder="Call {{ profile.first_name | default: 'this customer' }}: order {{ event.properties.order_id }} failed"
        maxLength={300}
        value={step.title}
        error={isWrong('title') ? 'Say in Liquid what is to be done.' : undefined}
        onChange={(event) => onChange({ ...step, title: event.currentTarget.value })}
      />
      <Textarea
        label="What they should know"
        description="May be left empty."
        autosize
        minRows={2}
        maxRows={10}
        maxLength={5_000}
        value={step.text}
        error={isWrong('text') ? 'This is no Liquid that can be read.' : undefined}
        onChange={(event) => onChange({ ...step, text: event.currentTarget.value })}
      />
      <Autocomplete
        label="Whose it is"
        description="The e-mail address of an account here, or of whoever else does it."
        placeholder="ann@shop.example"
        maxLength={254}
        value={step.assignee}
        data={[...new Set(known)]}
        error={isWrong('assignee') ? 'An e-mail address, such as ann@shop.example.' : undefined}
        onChange={(assignee) => onChange({ ...step, assignee })}
      />
      <Line>
        <Pick
          label="Due"
          value={step.due === undefined ? 'whenever' : 'due'}
          options={[
            ['whenever', 'whenever there is time'],
            ['due', 'due'],
          ]}
          onChange={(choice) => onChange(withKey(step, 'due', choice === 'due' ? '1 day' : undefined))}
        />
        {step.due === undefined ? null : (
          <>
            <span>within</span>
            <DurationField label="How long" value={step.due} wrong={isWrong('due')} onChange={(due) => onChange({ ...step, due })} />
          </>
        )}
      </Line>
      <Line>
        <Pick
          label="Mail"
          value={step.email ? 'mail' : 'none'}
          options={[
            ['none', 'It stands on the page Tasks'],
            ['mail', 'It stands on the page Tasks, and they get a mail of it'],
          ]}
          onChange={(choice) => onChange({ ...step, email: choice === 'mail' })}
        />
      </Line>
      <p className="soft">
        The person goes on at once. A later step “Wait for” can wait for the event <code className="mono">Task Done</code> with{' '}
        <code className="mono">step</code> being this one.
      </p>
    </>
  )
}

/** Makes a task for people of the shop. */
export const staffTaskEditor: StepEditor<StaffTask> = {
  shelf: 'Do something',
  title: 'Make a task for staff',
  hint: 'call this customer, whose order failed',
  also: 'todo colleague notify internal alert e-mail call ticket',
  Icon: IconClipboardList,
  tone: 'do',
  make: () => ({ kind: 'staff-task', title: '', text: '', assignee: '', email: false }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ title, assignee, due, email }) =>
    `Makes a task for ${assignee === '' ? '…' : assignee}: “${title === '' ? '…' : title}”${due === undefined ? '' : `, due within ${due === '' ? '…' : due}`}${email ? ', with a mail' : ''}`,
  Fields,
}
