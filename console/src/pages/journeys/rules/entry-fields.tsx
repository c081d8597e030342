import { useQuery } from '@tanstack/react-query'
import type { JourneyEntry, JourneyEntryOf } from '@throughline/contracts'
import type { FunctionComponent } from 'react'
import { ask } from '../../../api/queries.ts'
import { Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { SuggestField } from '../../segments/editors/parts/suggest-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { MatchField } from '../steps/parts/match-field.tsx'
import { withKey } from '../steps/ways.ts'
import { noCondition } from '../steps/parts/condition-field.tsx'
import { FormFields } from './form-entry.tsx'
import { InboundFields } from './inbound-entry.tsx'
import { ShopEventFields } from './shop-event-entry.tsx'
import { AudienceFields, DateFields } from './time-entries.tsx'

type EntryKind = JourneyEntry['kind']
interface FieldsProps<E extends JourneyEntry> {
  readonly entry: E
  readonly onChange: (next: E) => void
  readonly isWrong: (field: string) => boolean
}
interface EntryEditor<E extends JourneyEntry> {
  readonly title: string
  make(): E
  readonly Fields: FunctionComponent<FieldsProps<E>>
}

function EventFields({ entry, onChange, isWrong }: FieldsProps<JourneyEntryOf<'event'>>) {
  return <MatchField match={entry.on} isWrong={(field) => isWrong(`on.${field}`)} onChange={(on) => onChange({ ...entry, on })} />
}

function SegmentFields({ entry, onChange }: FieldsProps<JourneyEntryOf<'segment'>>) {
  const segments = useQuery({ ...ask('segments', {}), staleTime: 60_000 })
  return (
    <>
      <Sentence>
        <Pick
          label="Which change"
          value={entry.change}
          options={[
            ['entered', 'comes into'],
            ['left', 'leaves'],
          ]}
          onChange={(change) => onChange({ ...entry, change })}
        />
        <span>the segment</span>
        <NamedField
          label="Segment"
          what="segment"
          value={entry.segment}
          items={segments.data?.items}
          onChange={(segment) => onChange({ ...entry, segment })}
        />
      </Sentence>
      <Sentence>
        <Pick
          label="Whose history counts"
          quiet
          value={entry.filled === true ? 'filled' : 'live'}
          options={[
            ['live', 'from now on'],
            ['filled', 'also those found by reading their history the first time'],
          ]}
          onChange={(of) => onChange(withKey(entry, 'filled', of === 'filled' ? true : undefined))}
        />
      </Sentence>
    </>
  )
}

const said = (value: JourneyEntryOf<'trait'>['from']): string => (value === undefined ? '' : String(value))

function TraitFields({ entry, onChange, isWrong }: FieldsProps<JourneyEntryOf<'trait'>>) {
  return (
    <Sentence>
      <span>The trait</span>
      <SuggestField
        label="Trait"
        placeholder="trait, such as loyalty_tier"
        wanted={{ of: 'traits' }}
        value={entry.trait}
        wrong={isWrong('trait')}
        onChange={(trait) => onChange({ ...entry, trait })}
      />
      <span>changes from</span>
      <TextField
        label="From"
        placeholder="anything"
        value={said(entry.from)}
        onChange={(from) => onChange(withKey(entry, 'from', from === '' ? undefined : valueOf(from)))}
      />
      <span>to</span>
      <TextField
        label="To"
        placeholder="anything"
        value={said(entry.to)}
        onChange={(to) => onChange(withKey(entry, 'to', to === '' ? undefined : valueOf(to)))}
      />
    </Sentence>
  )
}

/** What somebody types as the value that it looks like: `null` for nothing, numbers, yes or no, or else text. */
function valueOf(text: string): string | number | boolean | null {
  if (text === 'null') return null
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text
}

const ApiFields = () => (
  <p className="soft">
    A program calls <code className="mono">POST /api/journeys/…/enter</code> with the person.
  </p>
)
const JourneyFields = () => <p className="soft">The step “Start another journey” of another journey names this one.</p>

const editors: { readonly [K in EntryKind]: EntryEditor<JourneyEntryOf<K>> } = {
  event: { title: 'somebody does', make: () => ({ kind: 'event', on: { event: '' } }), Fields: EventFields },
  form: { title: 'a form is filled in', make: () => ({ kind: 'form', form: '', on: 'submitted' }), Fields: FormFields },
  'shop-event': {
    title: 'the shop says something',
    make: () => ({ kind: 'shop-event', on: { event: '' }, concerns: noCondition }),
    Fields: ShopEventFields,
  },
  inbound: {
    title: 'somebody writes to us',
    make: () => ({ kind: 'inbound', match: 'first-word' }),
    Fields: InboundFields,
  },
  segment: {
    title: 'a segment is entered or left',
    make: () => ({ kind: 'segment', segment: '', change: 'entered' }),
    Fields: SegmentFields,
  },
  trait: { title: 'a trait changes', make: () => ({ kind: 'trait', trait: '' }), Fields: TraitFields },
  date: {
    title: 'a date of theirs comes',
    make: () => ({ kind: 'date', trait: '', days: 0, at: '09:00', zone: 'person', every: 'year' }),
    Fields: DateFields,
  },
  audience: {
    title: 'the time has come',
    make: () => ({ kind: 'audience', when: { kind: 'once' }, zone: 'shop' }),
    Fields: AudienceFields,
  },
  api: { title: 'a program asks for it', make: () => ({ kind: 'api' }), Fields: ApiFields },
  journey: { title: 'another journey starts it', make: () => ({ kind: 'journey' }), Fields: JourneyFields },
}
const kinds = Object.keys(editors) as readonly EntryKind[]

/** One of the things that start a journey. */
export function EntryFields({ entry, onChange, isWrong, number }: FieldsProps<JourneyEntry> & { readonly number: number }) {
  // The registry pairs every kind with the fields of that kind; TypeScript cannot follow the pairing through a union.
  const { Fields } = editors[entry.kind] as unknown as EntryEditor<JourneyEntry>
  return (
    <>
      <Sentence>
        <span>{number === 0 ? 'When' : 'or when'}</span>
        <Pick
          label={`What starts it${number === 0 ? '' : `, number ${number + 1}`}`}
          value={entry.kind}
          options={kinds.map((kind) => [kind, editors[kind].title])}
          onChange={(kind) => onChange({ ...editors[kind].make(), ...(entry.if !== undefined && { if: entry.if }) })}
        />
      </Sentence>
      <Fields entry={entry} onChange={onChange} isWrong={isWrong} />
    </>
  )
}
