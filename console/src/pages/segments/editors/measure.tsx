import type { Measure, MeasureCondition, PropertyFilter, WindowFields } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { ComparisonFields } from './parts/comparison.tsx'
import type { ValueType } from './parts/comparisons.ts'
import { EventField } from './parts/event-field.tsx'
import { Pick } from './parts/fields.tsx'
import { figures } from './parts/figures.ts'
import { AddFilter, PropertyFilters, withFilters } from './parts/property-filters.tsx'
import { useTypes } from './parts/shop-words.ts'
import { SuggestField } from './parts/suggest-field.tsx'
import { ValueField } from './parts/value-field.tsx'
import { WindowField, withWindow } from './parts/window.tsx'
import { Line, Sentence } from './parts/words.tsx'

type Of = Measure['of']

const kinds = Object.keys(figures) as readonly Of[]

/** The fields that figures have, whichever it is; a figure that lacks one has it undefined. */
interface Fields extends WindowFields {
  readonly of: Of
  readonly event: string
  readonly where?: PropertyFilter[] | undefined
  readonly property?: string | undefined
  readonly by?: 'hour' | 'weekday' | undefined
  readonly value?: string | number | boolean | undefined
  readonly matching?: PropertyFilter[] | undefined
}

const needsProperty: readonly Of[] = ['sum', 'average', 'min', 'max', 'distinct', 'values']
const sorts: readonly Of[] = ['most-frequent', 'rank', 'share']
const ofOneValue: readonly Of[] = ['rank', 'share']

/** The figure with other words, keeping what it has in common with the one before. */
function withOf(before: Fields, of: Of): Fields {
  const { event, where, within, calendarDays, between, since, property, by, value } = before
  const window = of === 'days-since' ? {} : of === 'first' ? { between } : { within, calendarDays, between, since }
  const told =
    sorts.includes(of) && by !== undefined ? { by } : needsProperty.includes(of) || sorts.includes(of) ? { property: property ?? '' } : {}
  return tidy({ of, event, where, ...window, ...told, ...(ofOneValue.includes(of) && { value: value ?? '' }) })
}

/** Without fields that hold nothing. */
function tidy(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Fields
}

type Told = 'property' | 'hour' | 'weekday' | 'matching'

const tolds: readonly (readonly [Told, string])[] = [
  ['property', 'the value'],
  ['hour', 'the hour of the day'],
  ['weekday', 'the weekday (1 is Monday)'],
]

function withTold(fields: Fields, told: Told): Fields {
  const { property: _, by: __, value, matching: ___, ...rest } = fields
  const kept = ofOneValue.includes(fields.of) ? { value: value ?? '' } : {}
  switch (told) {
    case 'property':
      return { ...rest, ...kept, property: '' }
    case 'hour':
    case 'weekday':
      return { ...rest, ...(ofOneValue.includes(fields.of) && { value: told === 'hour' ? 20 : 6 }), by: told }
    case 'matching':
      return { ...rest, matching: [{ property: '', compare: { op: 'greater', value: 0 } }] }
    default:
      return told satisfies never
  }
}

/** Of which type a figure is: `types` are those of its property in the shop's data. */
function typesOfFigure({ of, by, property }: Fields, types: readonly ValueType[]): readonly ValueType[] {
  const { type } = figures[of]
  if (type !== 'own') return [type]
  return by !== undefined ? ['number'] : property === undefined ? ['date'] : types
}

/** A figure as a sentence with fields in it. `isWrong` gets paths within the figure. */
export function FigureFields({
  measure: given,
  onChange,
  isWrong,
}: {
  readonly measure: Measure
  readonly onChange: (next: Measure) => void
  readonly isWrong: (field: string) => boolean
}) {
  const measure = given as Fields
  const { of, event, property, by, value, matching } = measure
  const types = useTypes({ of: 'properties', event }, property ?? '')
  const set = (next: Fields): void => onChange(tidy(next) as unknown as Measure)
  const wrong = isWrong
  const told: Told = matching !== undefined ? 'matching' : (by ?? 'property')
  return (
    <>
      <Sentence>
        <Pick
          label="Figure"
          value={of}
          options={kinds.map((one) => [one, figures[one].words])}
          onChange={(next) => set(withOf(measure, next))}
        />
        {sorts.includes(of) ? (
          <Pick
            label="What is told apart"
            value={told}
            options={of === 'share' ? [...tolds, ['matching', 'those in which']] : tolds}
            onChange={(next) => set(withTold(measure, next))}
          />
        ) : null}
        {ofOneValue.includes(of) && matching === undefined && value !== undefined ? (
          <>
            <ValueField
              label="Value"
              value={value}
              types={by === undefined ? types : ['number']}
              wanted={{ of: 'values', event, path: property ?? '' }}
              wrong={wrong('value')}
              onChange={(next) => set({ ...measure, value: next })}
            />
            {by === undefined ? <span>of</span> : null}
          </>
        ) : null}
        {(of === 'first' || of === 'last') && (
          <Pick
            label="Time or property"
            value={property === undefined ? 'time' : 'property'}
            options={[
              ['time', 'time of'],
              ['property', 'value of'],
            ]}
            onChange={(next) => set({ ...measure, property: next === 'time' ? undefined : '' })}
          />
        )}
        {property === undefined ? null : (
          <SuggestField
            label="Property"
            placeholder="property, such as total"
            wanted={{ of: 'properties', event }}
            value={property}
            wrong={wrong('property')}
            onChange={(next) => set({ ...measure, property: next })}
          />
        )}
        {of === 'count' || of === 'days-since' || (property === undefined && by === undefined && matching === undefined) ? null : (
          <span>among</span>
        )}
        <EventField value={event} wrong={wrong('event')} onChange={(next) => set({ ...measure, event: next })} />
        {of === 'days-since' ? null : (
          <WindowField value={measure} fixed={of === 'first'} isWrong={wrong} onChange={(window) => set(withWindow(measure, window))} />
        )}
        <AddFilter filters={measure.where} onChange={(where) => set(withFilters(measure, where))} />
      </Sentence>
      {matching === undefined ? null : (
        <PropertyFilters
          event={event}
          flat
          filters={matching}
          isWrong={(field) => wrong(field.replace(/^where/, 'matching'))}
          onChange={(next) => set({ ...measure, matching: [...next] as PropertyFilter[] })}
        />
      )}
      <PropertyFilters event={event} filters={measure.where} isWrong={wrong} onChange={(where) => set(withFilters(measure, where))} />
    </>
  )
}

function MeasureEditor({ condition, onChange, isWrong }: EditorProps<MeasureCondition>) {
  const measure = condition.measure as Fields
  const { event, property, of } = measure
  const types = useTypes({ of: 'properties', event }, property ?? '')
  return (
    <>
      <FigureFields
        measure={condition.measure}
        onChange={(next) => onChange({ ...condition, measure: next })}
        isWrong={(field) => isWrong(`measure.${field}`)}
      />
      <Line>
        <ComparisonFields
          what="the figure"
          compare={condition.compare}
          types={typesOfFigure(measure, types)}
          values={{ of: 'values', event, path: property ?? '' }}
          isWrong={(field) => isWrong(`compare.${field}`)}
          onChange={(compare) => onChange({ ...condition, compare })}
        />
        {of === 'share' ? <span>percent</span> : null}
      </Line>
    </>
  )
}

/** Figures about what somebody did: totals, averages, favourites, shares. */
export const measureEditor: ConditionEditor<MeasureCondition> = {
  choices: [
    {
      shelf: 'Bought or did something',
      title: 'Spent, or a figure about what they did',
      hint: 'the total of Order Completed is at least 500 in the last year',
      also: 'sum average total revenue money minimum maximum amount value lifetime',
      make: () => ({
        kind: 'measure',
        measure: { of: 'sum', property: 'total', event: 'Order Completed', within: '365 days' },
        compare: { op: 'at-least', value: Number.NaN },
      }),
    },
    {
      shelf: 'Who they are',
      title: 'Has a favourite',
      hint: 'the most frequent category among Product Viewed is Lamps',
      also: 'affinity favourite most frequent category preferred interest taste',
      make: () => ({
        kind: 'measure',
        measure: { of: 'most-frequent', property: 'category', event: 'Product Viewed', within: '90 days' },
        compare: { op: 'is', value: '' },
      }),
    },
    {
      shelf: 'Who they are',
      title: 'Buys mostly at a discount',
      hint: 'at least half of their orders had a discount',
      also: 'price sensitivity share percent discount sale hunter bargain',
      make: () => ({
        kind: 'measure',
        measure: { of: 'share', event: 'Order Completed', matching: [{ property: 'discount', compare: { op: 'greater', value: 0 } }] },
        compare: { op: 'at-least', value: 50 },
      }),
    },
    {
      shelf: 'Who they are',
      title: 'Is active at certain hours',
      hint: 'the most frequent hour of Page Viewed is between 18 and 23',
      also: 'preferred hour weekday time of day evening morning',
      make: () => ({
        kind: 'measure',
        measure: { of: 'most-frequent', by: 'hour', event: 'Page Viewed', within: '90 days' },
        compare: { op: 'between', from: 18, to: 23 },
      }),
    },
  ],
  Editor: MeasureEditor,
}
