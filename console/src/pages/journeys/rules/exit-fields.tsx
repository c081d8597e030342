import { useQuery } from '@tanstack/react-query'
import { channelKinds } from '@throughline/contracts'
import type { JourneyExit } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { channelNames } from '../../../format/message-words.ts'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { ConditionField, noCondition } from '../steps/parts/condition-field.tsx'
import { KeyField } from '../steps/parts/key-field.tsx'
import { MatchField } from '../steps/parts/match-field.tsx'
import { withKey } from '../steps/ways.ts'

type Kind = JourneyExit['kind']
const kinds: readonly (readonly [Kind, string])[] = [
  ['event', 'they do'],
  ['condition', 'something becomes true'],
  ['segment-left', 'they leave a segment'],
  ['consent-withdrawn', 'they withdraw consent'],
]
const made: { readonly [K in Kind]: () => Extract<JourneyExit, { kind: K }> } = {
  event: () => ({ kind: 'event', on: { event: '' } }),
  condition: () => ({ kind: 'condition', if: noCondition }),
  'segment-left': () => ({ kind: 'segment-left', segment: '' }),
  'consent-withdrawn': () => ({ kind: 'consent-withdrawn', channel: 'email' }),
}

interface ExitProps {
  readonly exit: JourneyExit
  readonly number: number
  readonly onChange: (next: JourneyExit) => void
  readonly isWrong: (field: string) => boolean
}

/** What ends the journey for a person at once, besides its goals. */
export function ExitFields({ exit, number, onChange, isWrong }: ExitProps) {
  return (
    <>
      <Sentence>
        <span>When</span>
        <Pick label={`What ends it, number ${number + 1}`} value={exit.kind} options={kinds} onChange={(kind) => onChange(made[kind]())} />
        {exit.kind === 'consent-withdrawn' ? (
          <Pick
            label="Channel"
            value={exit.channel}
            options={channelKinds.map((kind) => [kind, `to ${channelNames[kind]}`])}
            onChange={(channel) => onChange({ ...exit, channel })}
          />
        ) : null}
        {exit.kind === 'segment-left' ? <SegmentField value={exit.segment} onChange={(segment) => onChange({ ...exit, segment })} /> : null}
      </Sentence>
      {exit.kind === 'event' ? (
        <>
          <MatchField match={exit.on} isWrong={(field) => isWrong(`on.${field}`)} onChange={(on) => onChange({ ...exit, on })} />
          <KeyField
            what={`exit ${number + 1}`}
            event={exit.on.event}
            value={exit.key}
            onChange={(key) => onChange(withKey(exit, 'key', key))}
          />
        </>
      ) : null}
      {exit.kind === 'condition' ? <ConditionField value={exit.if} onChange={(next) => onChange({ ...exit, if: next })} /> : null}
    </>
  )
}

function SegmentField({ value, onChange }: { readonly value: string; readonly onChange: (segment: string) => void }) {
  const segments = useQuery({ ...ask('segments', {}), staleTime: 60_000 })
  return <NamedField label="Segment" what="segment" value={value} items={segments.data?.items} onChange={onChange} />
}
