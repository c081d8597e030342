import { useState } from 'react'
import { Checkbox, Select, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { startsOf } from '@throughline/contracts'
import type { JourneyDefinition, JsonObject } from '@throughline/contracts'
import { describeStart } from '@throughline/engine'
import { ask } from '../../../api/queries.ts'
import { personTitle } from '../../../format/person-words.ts'
import { Action } from '../../../ui/action.tsx'
import { Chips } from '../../../ui/chips.tsx'
import { Panel } from '../../../ui/panel.tsx'
import type { Pace, TestSetup } from './use-test-run.ts'
import styles from './test-run.module.css'

const who = [
  ['made-up', 'A made-up person'],
  ['real', 'Somebody of the shop'],
] as const
const paceNames: readonly { readonly value: Pace; readonly label: string }[] = [
  { value: 'skip', label: 'Skip waits in which nothing is waited for' },
  { value: 'minute', label: 'A day passes in a minute' },
  { value: 'real', label: 'As in life' },
]
const ada = '{ "email": "ada@example.org", "first_name": "Ada", "country": "NL", "language": "en" }'

/** Who goes through it, how they come in, and how fast time passes. */
export function Setup({ definition, start }: { readonly definition: JourneyDefinition; readonly start: (setup: TestSetup) => void }) {
  const [kind, setKind] = useState<(typeof who)[number][0]>('made-up')
  const [traits, setTraits] = useState(ada)
  const [agreed, setAgreed] = useState(true)
  const [person, setPerson] = useState<string | null>(null)
  const [entry, setEntry] = useState(0)
  const [said, setSaid] = useState('{}')
  const [pace, setPace] = useState<Pace>('skip')
  const [search, setSearch] = useState('')
  const [looked] = useDebouncedValue(search, 250)
  const people = useQuery({
    ...ask('people', { query: { limit: 10, ...(looked !== '' && { search: looked }) } }),
    enabled: kind === 'real',
    placeholderData: keepPreviousData,
  })
  const [given, properties] = [parse(traits), parse(said)]
  const notJson = 'Write a JSON object, such as {"country": "NL"}.'
  const blocked =
    kind === 'made-up' && given === null
      ? 'The traits are no JSON object.'
      : kind === 'real' && person === null
        ? 'Choose a person first.'
        : properties === null
          ? 'What the event says is no JSON object.'
          : undefined
  const starts = startsOf(definition)
  return (
    <Panel title="Who goes through it">
      <div className={styles.setup}>
        <Chips label="Who goes through it" options={who} value={kind} onChange={setKind} />
        {kind === 'made-up' ? (
          <>
            <Textarea
              label="Traits"
              autosize
              minRows={2}
              value={traits}
              error={given === null ? notJson : undefined}
              onChange={(event) => setTraits(event.currentTarget.value)}
            />
            <Checkbox label="Has agreed to every channel" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
          </>
        ) : (
          <Select
            label="Person"
            description="As they are now, by all that they did. Nothing of them changes."
            placeholder="Name, e-mail address or id"
            searchable
            filter={({ options }) => options}
            value={person}
            onChange={setPerson}
            onSearchChange={setSearch}
            data={(people.data?.items ?? []).map((one) => ({ value: one.id, label: personTitle(one) }))}
          />
        )}
        {starts.length < 2 ? null : (
          <Select
            label="They come in"
            allowDeselect={false}
            value={String(entry)}
            onChange={(value) => setEntry(Number(value))}
            data={starts.map((one, index) => ({ value: String(index), label: `when ${describeStart(one)}` }))}
          />
        )}
        <Textarea
          label="What the event says that starts it"
          autosize
          minRows={2}
          value={said}
          error={properties === null ? notJson : undefined}
          onChange={(event) => setSaid(event.currentTarget.value)}
        />
        <Select
          label="Waits"
          allowDeselect={false}
          value={pace}
          onChange={(value) => setPace((value as Pace | null) ?? 'skip')}
          data={[...paceNames]}
        />
        <Action
          route="testJourney"
          blocked={blocked}
          onClick={() =>
            start({
              definition,
              pace,
              person: kind === 'real' ? { id: person ?? '' } : { traits: given ?? {}, agreed },
              entry: { index: entry, properties: properties ?? {} },
            })
          }
        >
          Start the test
        </Action>
      </div>
    </Panel>
  )
}

/** Null where it is no JSON object. */
function parse(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
  } catch {
    return null
  }
}
