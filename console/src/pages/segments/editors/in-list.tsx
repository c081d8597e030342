import { useQuery } from '@tanstack/react-query'
import type { ListCondition } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { NamedField } from './parts/named-field.tsx'
import { Sentence } from './parts/words.tsx'

function InListEditor({ condition, onChange }: EditorProps<ListCondition>) {
  const lists = useQuery({ ...ask('lists', { query: {} }), staleTime: 60_000 })
  return (
    <Sentence>
      <span>is in the list</span>
      <NamedField
        label="List"
        what="list"
        value={condition.list}
        items={lists.data?.items}
        onChange={(list) => onChange({ ...condition, list })}
      />
    </Sentence>
  )
}

/** Whether somebody is in a list. */
export const inListEditor: ConditionEditor<ListCondition> = {
  choices: [
    {
      shelf: 'Standing',
      title: 'Is in a list',
      hint: 'in Guests of the tasting',
      also: 'imported csv member',
      make: () => ({ kind: 'list', list: '' }),
    },
  ],
  Editor: InListEditor,
}
