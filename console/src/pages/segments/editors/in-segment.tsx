import { useQuery } from '@tanstack/react-query'
import type { SegmentCondition } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { NamedField } from './parts/named-field.tsx'
import { Sentence } from './parts/words.tsx'

function InSegmentEditor({ condition, onChange }: EditorProps<SegmentCondition>) {
  const segments = useQuery({ ...ask('segments', {}), staleTime: 60_000 })
  return (
    <Sentence>
      <span>is in the segment</span>
      <NamedField
        label="Segment"
        what="segment"
        value={condition.segment}
        items={segments.data?.items}
        onChange={(segment) => onChange({ ...condition, segment })}
      />
    </Sentence>
  )
}

/** Whether somebody is in another segment. */
export const inSegmentEditor: ConditionEditor<SegmentCondition> = {
  choices: [
    {
      shelf: 'Standing',
      title: 'Is in another segment',
      hint: 'in VIP; in a group “none of these”, not in it',
      also: 'member group exclude',
      make: () => ({ kind: 'segment', segment: '' }),
    },
  ],
  Editor: InSegmentEditor,
}
