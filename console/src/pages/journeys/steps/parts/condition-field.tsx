import { useCallback, useEffect, useId, useMemo, useReducer, useRef, useState } from 'react'
import type { Condition } from '@throughline/contracts'
import { beginEditing, edit } from '../../../segments/builder/draft.ts'
import type { Step } from '../../../segments/builder/draft.ts'
import { HandleHelp } from '../../../segments/builder/handle.tsx'
import { ownProblems } from '../../../segments/builder/problems.ts'
import { Group } from '../../../segments/builder/rows.tsx'
import { fromCondition, toCondition } from '../../../segments/builder/tree.ts'
import { WorkbenchContext } from '../../../segments/builder/workbench.ts'
import { EventValuesContext } from '../../../segments/editors/parts/event-values.ts'

interface ConditionProps {
  readonly value: Condition
  /** Whether values of an event of the shop, such as `{event.price}`, may stand in it. */
  readonly ofShopEvent?: boolean
  readonly onChange: (next: Condition) => void
}

/** A condition that nothing has been said of. */
export const noCondition: Condition = { kind: 'all', of: [] }

const begin = (value: Condition) => beginEditing({ name: '', description: '', root: fromCondition(value) })
const same = (one: Condition, other: Condition): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The builder of segments as a field: what it says is handed on at every change. What is undone outside of it is taken up. */
export function ConditionField({ value, ofShopEvent = false, onChange }: ConditionProps) {
  const [editing, send] = useReducer(
    (now: ReturnType<typeof begin>, step: Step | { readonly kind: 'take'; readonly value: Condition }) =>
      step.kind === 'take' ? begin(step.value) : edit(now, step),
    value,
    begin,
  )
  const [dragged, drag] = useState<string | null>(null)
  const written = useMemo(() => toCondition(editing.draft.root), [editing.draft.root])
  const told = useRef(written.condition)
  const tell = useRef(onChange)
  useEffect(() => {
    tell.current = onChange
  })
  useEffect(() => {
    if (same(told.current, written.condition)) return
    told.current = written.condition
    tell.current(written.condition)
  }, [written])
  useEffect(() => {
    if (same(told.current, value)) return
    told.current = toCondition(fromCondition(value)).condition
    send({ kind: 'take', value })
  }, [value])
  // Nobody is told to add something before they could.
  const begun = editing.past.length > 0 || editing.draft.root.of.length > 0
  const problems = useMemo(() => (begun ? ownProblems(written, ofShopEvent) : []), [written, begun, ofShopEvent])
  const problemsOf = useCallback((node: string) => problems.filter((one) => one.node === node), [problems])
  const helpId = useId()
  const bench = useMemo(() => ({ send, problemsOf, dragged, drag, helpId }), [problemsOf, dragged, helpId])
  return (
    <WorkbenchContext value={bench}>
      <HandleHelp id={helpId} />
      <EventValuesContext value={ofShopEvent}>
        <Group group={editing.draft.root} depth={0} />
      </EventValuesContext>
    </WorkbenchContext>
  )
}
