import { IconCalendarClock } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { SuggestField } from '../../segments/editors/parts/suggest-field.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import { ClockField, DaysField, DaysFromFields, ZoneField, daysInWords } from './parts/clock-fields.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { withKey } from './ways.ts'

type WaitUntil = StepOf<'wait-until'>

function Fields({ step, onChange, isWrong, way }: StepFieldsProps<WaitUntil>) {
  const { date } = step
  const round = (kind: 'time' | 'date'): void => {
    if (kind === 'time') onChange(withKey(withKey(step, 'date', undefined), 'otherwise', undefined))
    else onChange({ ...withKey(step, 'on', undefined), date: { trait: '', days: 0 } })
  }
  return (
    <>
      <Sentence>
        <span>Waits until</span>
        <ClockField label="Time" value={step.at} wrong={isWrong('at')} onChange={(at) => onChange({ ...step, at })} />
        <Pick
          label="Which day"
          value={date === undefined ? 'time' : 'date'}
          options={[
            ['time', 'the next time it is that'],
            ['date', 'on the day of a trait'],
          ]}
          onChange={round}
        />
        <ZoneField value={step.zone} onChange={(zone) => onChange({ ...step, zone })} />
      </Sentence>
      {date === undefined ? (
        <Line>
          <DaysField what="the wait" days={step.on} onChange={(on) => onChange(withKey(step, 'on', on))} />
        </Line>
      ) : (
        <>
          <Line>
            <DaysFromFields
              days={date.days}
              wrong={isWrong('date.days')}
              onChange={(days) => onChange({ ...step, date: { ...date, days } })}
            />
            <SuggestField
              label="Trait with the day"
              placeholder="trait, such as birthday"
              wanted={{ of: 'traits' }}
              value={date.trait}
              wrong={isWrong('date.trait')}
              onChange={(trait) => onChange({ ...step, date: { ...date, trait } })}
            />
          </Line>
          {way('next')}
          {way('otherwise')}
        </>
      )}
    </>
  )
}

function dayInWords({ trait, days }: NonNullable<WaitUntil['date']>): string {
  const of = `the day of ${trait === '' ? '…' : trait}`
  return days === 0 ? ` on ${of}` : ` ${Math.abs(days)} ${Math.abs(days) === 1 ? 'day' : 'days'} ${days < 0 ? 'before' : 'after'} ${of}`
}

/** Waits until the clocks show a time, on a day. */
export const waitUntilEditor: StepEditor<WaitUntil> = {
  shelf: 'Wait',
  title: 'Wait until a time or day',
  hint: 'until 09:00 on Tuesday, or 3 days before their birthday',
  also: 'date weekday birthday renewal clock',
  Icon: IconCalendarClock,
  tone: 'wait',
  make: () => ({ kind: 'wait-until', at: '09:00', zone: 'person' }),
  ways: ({ next, date, otherwise }) =>
    date === undefined
      ? [{ port: 'next', to: next, when: '' }]
      : [
          { port: 'next', to: next, when: 'on that day' },
          { port: 'otherwise', to: otherwise, when: 'no such day, or it is over' },
        ],
  lead: (step, port, to) => withKey(step, port === 'otherwise' ? 'otherwise' : 'next', to),
  sentence: ({ at, on, date, zone }) =>
    `Waits until ${at === '' ? '…' : at}${date === undefined ? daysInWords(on) : dayInWords(date)}, by ${zone === 'shop' ? 'the shop’s' : 'their'} clock`,
  Fields,
}
