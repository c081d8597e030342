import type { Reentry } from '@throughline/contracts'
import { useFormat } from '../../../format/use-format.ts'
import { DurationField, NumberField, Pick } from '../../segments/editors/parts/fields.tsx'
import { ValuesField } from '../../segments/editors/parts/values-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { EntryFields } from '../rules/entry-fields.tsx'
import { PathButton } from '../steps/parts/path-block.tsx'
import { entrantsWords } from './figure-words.ts'
import { Question } from './question.tsx'
import type { GroupProps } from './groups.ts'

const again: readonly (readonly [Reentry['kind'], string])[] = [
  ['never', 'only once'],
  ['always', 'whenever they are not in it'],
  ['after', 'once a time has passed since they came in'],
  ['after-leaving', 'once a time has passed since they left'],
]

/** Questions 1 to 4 and 8: who comes in. */
export function Who({ answers, say, openOf, figures }: GroupProps) {
  const format = useFormat()
  const { starts, again: reentry, often } = answers
  const isWrong = (index: number) => (field: string) => openOf(1).some((one) => one.field === `starts.${index}.${field}`)
  return (
    <>
      <Question
        number={1}
        hint="Something that people do, a segment that they come into, a date, or a time for many at once."
        open={openOf(1)}
      >
        <div>
          {starts.map((entry, index) => (
            <EntryFields
              key={index}
              entry={entry}
              number={index}
              isWrong={isWrong(index)}
              onChange={(next) => say({ starts: starts.with(index, next) })}
            />
          ))}
          <PathButton onClick={() => say({ starts: [...starts, { kind: 'event', on: { event: '' } }] })}>
            Something else starts it, too
          </PathButton>
          {starts.length < 2 ? null : <PathButton onClick={() => say({ starts: starts.slice(0, -1) })}>Take the last one out</PathButton>}
        </div>
      </Question>
      <Question
        number={2}
        hint="What you reckon with, and, if you like, how many at most. Your own history says how many it would have been."
        figure={entrantsWords(figures, format)}
        open={openOf(2)}
      >
        <Sentence>
          <span>about</span>
          <NumberField
            label="About how many a day"
            whole
            value={answers.aboutADay ?? Number.NaN}
            onChange={(n) => say({ aboutADay: Number.isNaN(n) ? undefined : n })}
          />
          <span>a day, at most</span>
          <NumberField
            label="At most how many a day"
            whole
            value={answers.mostADay ?? Number.NaN}
            onChange={(n) => say({ mostADay: Number.isNaN(n) ? undefined : n })}
          />
          <span>(empty: no cap)</span>
        </Sentence>
      </Question>
      <Question number={3} open={openOf(3)}>
        {often === undefined ? (
          <PathButton onClick={() => say({ often: { times: 1, within: '7 days' } })}>Limit how often one person comes in</PathButton>
        ) : (
          <Sentence>
            <span>at most</span>
            <NumberField label="Times" whole value={often.times} onChange={(times) => say({ often: { ...often, times } })} />
            <span>times in</span>
            <DurationField label="Within" value={often.within} onChange={(within) => say({ often: { ...often, within } })} />
            <PathButton onClick={() => say({ often: undefined })}>No limit</PathButton>
          </Sentence>
        )}
      </Question>
      <Question number={4} open={openOf(4)}>
        <Sentence>
          <Pick
            label="When they may come in again"
            value={reentry.kind}
            options={again}
            onChange={(kind) => say({ again: kind === 'never' || kind === 'always' ? { kind } : { kind, time: '30 days' } })}
          />
          {reentry.kind === 'never' || reentry.kind === 'always' ? null : (
            <DurationField label="How long" value={reentry.time} onChange={(time) => say({ again: { ...reentry, time } })} />
          )}
        </Sentence>
      </Question>
      <Question
        number={8}
        hint="Only they come in, as their profile or their device says it. Leave it empty to take everybody; the drafted texts are in English."
        open={openOf(8)}
      >
        <Sentence>
          <span>languages</span>
          <ValuesField
            label="Languages"
            values={answers.languages}
            types={['text']}
            wanted={{ of: 'trait-values', path: 'language' }}
            wrong={false}
            onChange={(languages) => say({ languages: languages.map(String) })}
          />
        </Sentence>
        <Sentence>
          <span>countries</span>
          <ValuesField
            label="Countries"
            values={answers.countries}
            types={['text']}
            wanted={{ of: 'trait-values', path: 'country' }}
            wrong={false}
            onChange={(countries) => say({ countries: countries.map(String) })}
          />
        </Sentence>
      </Question>
    </>
  )
}
