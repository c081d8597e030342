import type { ReactNode } from 'react'
import { IconFilterPlus, IconX } from '@tabler/icons-react'
import type { EventFilter, PropertyFilter } from '@throughline/contracts'
import { ComparisonFields } from './comparison.tsx'
import { AddToFilters } from './add-filter.tsx'
import { Pick } from './fields.tsx'
import { blankFilter, isProperty, pathIn, readGroup, writeGroup } from './filter-groups.ts'
import type { FilterGroup, FilterJoin } from './filter-groups.ts'
import { useTypes } from './shop-words.ts'
import { SuggestField } from './suggest-field.tsx'
import { Line } from './words.tsx'
import styles from './parts.module.css'

interface FiltersProps {
  readonly filters: readonly EventFilter[] | undefined
  readonly onChange: (filters: readonly EventFilter[]) => void
}

/** The condition with other filters; without any, the field is left out. */
export function withFilters<C extends { readonly where?: EventFilter[] | undefined }>(condition: C, where: readonly EventFilter[]): C {
  const { where: _, ...rest } = condition
  return { ...rest, ...(where.length > 0 && { where: [...where] }) } as C
}

/** The button behind a sentence that adds its first filter. */
export function AddFilter({ filters = [], onChange }: FiltersProps) {
  return filters.length > 0 ? null : (
    <button type="button" className={styles.bare} title="Only with certain properties" onClick={() => onChange([blankFilter])}>
      <IconFilterPlus size={14} aria-hidden /> where…
    </button>
  )
}

/** Of which event the properties are, and, within an element of a list, where they begin: `products[].`. */
interface About {
  readonly event: string
  readonly under?: string
  /** What the place is called for a screen reader: empty, or `group 2, `. */
  readonly within?: string
}

interface AllProps extends FiltersProps {
  readonly event: string
  readonly isWrong: (field: string) => boolean
  /** Whether there are comparisons only, and no groups. */
  readonly flat?: boolean
}

/** The filters on an event's properties, all of which hold: a line each, groups as blocks of lines. */
export function PropertyFilters({ event, filters = [], isWrong, onChange, flat = false }: AllProps) {
  return (
    <FilterLines
      about={{ event }}
      group={{ join: 'all', list: '', of: filters }}
      depth={flat ? deepest : 0}
      isWrong={(at, field) => isWrong(field === '' ? `where.${at}` : `where.${at}.${field}`)}
      onChange={onChange}
    />
  )
}

/** Groups stand in groups so deep; deeper ones are shown, and no more are offered. */
const deepest = 4

interface LinesProps {
  readonly about: About
  readonly group: FilterGroup
  readonly depth: number
  readonly isWrong: (at: number, field: string) => boolean
  readonly onChange: (filters: readonly EventFilter[]) => void
}

function FilterLines({ about, group, depth, isWrong, onChange }: LinesProps) {
  const { of, join } = group
  return of.map((filter, at) => {
    const shared = {
      about,
      at,
      depth,
      word: at > 0 ? (join === 'any' || join === 'none' ? 'or' : 'and') : depth === 0 || depth === deepest ? 'where' : '',
      isWrong: (field: string) => isWrong(at, field),
      onChange: (next: EventFilter) => onChange(of.toSpliced(at, 1, next)),
      onRemove: () => onChange(of.toSpliced(at, 1)),
      add:
        at < of.length - 1 ? null : (
          <AddToFilters
            word={join === 'any' || join === 'none' ? 'or…' : 'and…'}
            groups={depth < deepest}
            onAdd={(added) => onChange([...of, added])}
          />
        ),
    }
    return isProperty(filter) ? <PropertyLine key={at} {...shared} filter={filter} /> : <GroupBlock key={at} {...shared} filter={filter} />
  })
}

interface LineProps<F extends EventFilter> {
  readonly about: About
  readonly at: number
  readonly depth: number
  readonly word: string
  readonly filter: F
  readonly isWrong: (field: string) => boolean
  readonly onChange: (filter: EventFilter) => void
  readonly onRemove: () => void
  /** What adds a filter behind this one, if it is the last. */
  readonly add: ReactNode
}

function PropertyLine({ about, at, word, filter, isWrong, onChange, onRemove, add }: LineProps<PropertyFilter>) {
  const { event, under = '', within = '' } = about
  const { property, compare } = filter
  const types = useTypes({ of: 'properties', event, under }, property)
  const name = property === '' ? `property ${at + 1}` : property
  return (
    <Line>
      {word === '' ? null : <span className={styles.small}>{word}</span>}
      <SuggestField
        label={`${within}${within === '' ? 'Property' : 'property'} ${at + 1}${event === '' ? '' : ` of ${under === '' ? event : under.replaceAll('[].', '')}`}`}
        placeholder="property"
        wanted={{ of: 'properties', event, under }}
        value={property}
        wrong={isWrong('property')}
        onChange={(next) => onChange({ ...filter, property: next })}
      />
      <ComparisonFields
        what={`${within}${name}`}
        compare={compare}
        types={types}
        values={{ of: 'values', event, path: property === '' ? '' : `${under}${property}` }}
        without={['anniversary']}
        isWrong={(field) => isWrong(`compare.${field}`)}
        onChange={(next) => onChange({ ...filter, compare: next })}
      />
      <Remove label={`Remove the filter on ${within}${name}`} onClick={onRemove} />
      {add}
    </Line>
  )
}

const joins: readonly (readonly [FilterJoin, string])[] = [
  ['all', 'all of these hold'],
  ['any', 'at least one of these holds'],
  ['none', 'none of these holds'],
  ['one', 'one element has all of these, of the list'],
]

function GroupBlock({ about, at, depth, word, filter, isWrong, onChange, onRemove, add }: LineProps<Exclude<EventFilter, PropertyFilter>>) {
  const { event, under = '', within = '' } = about
  const group = readGroup(filter)
  const name = `${within}group ${at + 1}`
  const change = (next: FilterGroup): void => (next.of.length === 0 ? onRemove() : onChange(writeGroup(next)))
  const isOne = group.join === 'one'
  return (
    <>
      <fieldset className={styles.group} aria-label={name}>
        <Line>
          {word === '' ? null : <span className={styles.small}>{word}</span>}
          <Pick label={`How ${name} hangs together`} value={group.join} options={joins} onChange={(join) => change({ ...group, join })} />
          {isOne ? (
            <SuggestField
              label={`List of ${name}`}
              placeholder="list, such as products"
              wanted={{ of: 'properties', event, under }}
              fits={({ types }) => types.includes('list')}
              value={group.list}
              wrong={isWrong('in')}
              onChange={(list) => change({ ...group, list })}
            />
          ) : null}
          <Remove label={`Remove ${name}`} onClick={onRemove} />
        </Line>
        <div className={styles.inside}>
          <FilterLines
            about={{ event, under: isOne ? `${under}${group.list}[].` : under, within: `${name}, ` }}
            group={group}
            depth={depth + 1}
            isWrong={(inner, field) => isWrong(`${pathIn(group, inner)}${field === '' ? '' : `.${field}`}`)}
            onChange={(of) => change({ ...group, of })}
          />
        </div>
      </fieldset>
      {add === null ? null : <Line>{add}</Line>}
    </>
  )
}

function Remove({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <button type="button" className={styles.bare} aria-label={label} title={label} onClick={onClick}>
      <IconX size={14} aria-hidden />
    </button>
  )
}
