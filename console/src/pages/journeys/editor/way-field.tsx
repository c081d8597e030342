import { Pick } from '../../segments/editors/parts/fields.tsx'
import { Line } from '../../segments/editors/parts/words.tsx'
import type { Edge } from '../model/edges.ts'
import { targetOf } from '../model/edges.ts'
import { placeWords, targetsOf } from '../model/options.ts'
import { AddHere } from './add-here.tsx'
import { useBench } from './bench.ts'

const end = ':end'

/** Where a way leads, and the plus that puts a step into it. */
export function WayField({ edge, lead = 'goes on to' }: { readonly edge: Edge; readonly lead?: string }) {
  const { draft, send, locked } = useBench()
  const to = targetOf(draft, edge)
  if (locked) {
    const words = targetsOf(draft).find(([id]) => id === to)?.[1] ?? 'the end'
    return (
      <Line>
        <span>{lead}</span>
        <span>{words}</span>
      </Line>
    )
  }
  return (
    <Line>
      <span>{lead}</span>
      <Pick
        label={`Where it goes on: ${placeWords(draft, edge).toLowerCase()}`}
        value={to ?? end}
        options={[[end, 'the end'], ...targetsOf(draft)]}
        onChange={(next) => send({ kind: 'connect', edge, to: next === end ? undefined : next })}
      />
      <AddHere edge={edge} />
    </Line>
  )
}
