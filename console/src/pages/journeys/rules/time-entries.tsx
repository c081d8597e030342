import { useQuery } from '@tanstack/react-query'
import type { JourneyEntryOf, Occasion } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { WeekdaysField } from '../../segments/editors/parts/calendar-fields.tsx'
import { MomentField, NumberField, Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { SuggestField } from '../../segments/editors/parts/suggest-field.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import { ClockField, DaysFromFields, ZoneField } from '../steps/parts/clock-fields.tsx'
import { withKey } from '../steps/ways.ts'

interface FieldsProps<E> {
  readonly entry: E
  readonly onChange: (next: E) => void
  readonly isWrong: (field: string) => boolean
}

/** A date of each person. */
export function DateFields({ entry, onChange, isWrong }: FieldsProps<JourneyEntryOf<'date'>>) {
  return (
    <>
      <Sentence>
        <DaysFromFields days={entry.days} wrong={isWrong('days')} onChange={(days) => onChange({ ...entry, days })} />
        <SuggestField
          label="Trait with the day"
          placeholder="trait, such as birthday"
          wanted={{ of: 'traits' }}
          value={entry.trait}
          wrong={isWrong('trait')}
          onChange={(trait) => onChange({ ...entry, trait })}
        />
      </Sentence>
      <Line>
        <span>at</span>
        <ClockField label="Time" value={entry.at} wrong={isWrong('at')} onChange={(at) => onChange({ ...entry, at })} />
        <ZoneField value={entry.zone} onChange={(zone) => onChange({ ...entry, zone })} />
        <Pick
          label="How often"
          value={entry.every}
          options={[
            ['year', 'every year'],
            ['once', 'once'],
          ]}
          onChange={(every) => onChange({ ...entry, every })}
        />
      </Line>
    </>
  )
}

const firstOf: { readonly [K in Occasion['kind']]: () => Occasion } = {
  once: () => ({ kind: 'once' }),
  daily: () => ({ kind: 'daily', at: '10:00' }),
  weekly: () => ({ kind: 'weekly', on: ['monday'], at: '10:00' }),
  monthly: () => ({ kind: 'monthly', day: 1, at: '10:00' }),
}

/** A segment or everybody, at a time. */
export function AudienceFields({ entry, onChange, isWrong }: FieldsProps<JourneyEntryOf<'audience'>>) {
  const segments = useQuery({ ...ask('segments', {}), staleTime: 60_000 })
  const { when } = entry
  const setWhen = (next: Occasion): void => onChange({ ...entry, when: next })
  return (
    <>
      <Sentence>
        <Pick
          label="Who comes in"
          value={entry.segment === undefined ? 'everybody' : 'segment'}
          options={[
            ['everybody', 'everybody'],
            ['segment', 'everybody in the segment'],
          ]}
          onChange={(who) => onChange(withKey(entry, 'segment', who === 'everybody' ? undefined : ''))}
        />
        {entry.segment === undefined ? null : (
          <NamedField
            label="Segment"
            what="segment"
            value={entry.segment}
            items={segments.data?.items}
            onChange={(segment) => onChange({ ...entry, segment })}
          />
        )}
      </Sentence>
      <Line>
        <Pick
          label="How often"
          value={when.kind}
          options={[
            ['once', 'once'],
            ['daily', 'every day'],
            ['weekly', 'on days of the week'],
            ['monthly', 'on a day of the month'],
          ]}
          onChange={(kind) => setWhen(firstOf[kind]())}
        />
        {when.kind === 'once' ? (
          <>
            <Pick
              label="When"
              value={when.at === undefined ? 'soon' : 'at'}
              options={[
                ['soon', 'as soon as it is published'],
                ['at', 'at'],
              ]}
              onChange={(at) => setWhen(at === 'soon' ? { kind: 'once' } : { kind: 'once', at: '' })}
            />
            {when.at === undefined ? null : (
              <MomentField
                label="Date and time"
                value={when.at}
                wrong={isWrong('when.at') || when.at === ''}
                onChange={(at) => setWhen({ kind: 'once', at })}
              />
            )}
          </>
        ) : (
          <>
            {when.kind === 'monthly' ? (
              <NumberField
                label="Day of the month"
                whole
                value={when.day}
                wrong={isWrong('when.day')}
                onChange={(day) => setWhen({ ...when, day })}
              />
            ) : null}
            <ClockField label="Time" value={when.at} wrong={isWrong('when.at')} onChange={(at) => setWhen({ ...when, at })} />
          </>
        )}
        <ZoneField value={entry.zone} onChange={(zone) => onChange({ ...entry, zone })} />
      </Line>
      {when.kind === 'weekly' ? (
        <Line>
          <WeekdaysField what="the audience" days={when.on} wrong={isWrong('when.on')} onChange={(on) => setWhen({ ...when, on })} />
        </Line>
      ) : null}
    </>
  )
}
