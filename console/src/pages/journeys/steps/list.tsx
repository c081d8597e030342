import { IconListCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay } from './ways.ts'

type ListStep = StepOf<'list'>

function Fields({ step, onChange }: StepFieldsProps<ListStep>) {
  const lists = useQuery({ ...ask('lists', { query: {} }), staleTime: 60_000 })
  return (
    <>
      <Sentence>
        <Pick
          label="What happens"
          value={step.change}
          options={[
            ['add', 'Puts the person into the list'],
            ['remove', 'Takes the person out of the list'],
          ]}
          onChange={(change) => onChange({ ...step, change })}
        />
        <NamedField label="List" what="list" value={step.list} items={lists.data?.items} onChange={(list) => onChange({ ...step, list })} />
      </Sentence>
      {lists.data?.items.length === 0 ? (
        <p className="soft">
          There is no list yet. <Link to="/lists">Make one under Lists</Link>; it can be chosen here then.
        </p>
      ) : null}
    </>
  )
}

/** Puts the person into a list, or takes them out of it. */
export const listEditor: StepEditor<ListStep> = {
  shelf: 'Do something',
  title: 'Change a list',
  hint: 'put them into Guests of the tasting, or take them out',
  also: 'add remove member static audience',
  Icon: IconListCheck,
  tone: 'do',
  make: () => ({ kind: 'list', list: '', change: 'add' }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ list, change }) =>
    `${change === 'add' ? 'Puts the person into' : 'Takes the person out of'} the list ${list === '' ? '…' : `“${list}”`}`,
  Fields,
}
