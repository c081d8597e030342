import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { eventNames, type JourneyEntryOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { AddFilter, PropertyFilters, withFilters } from '../../segments/editors/parts/property-filters.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'

interface FieldsProps {
  readonly entry: JourneyEntryOf<'form'>
  readonly onChange: (next: JourneyEntryOf<'form'>) => void
  readonly isWrong: (field: string) => boolean
}

/** Somebody submits a form, or confirms it. */
export function FormFields({ entry, onChange, isWrong }: FieldsProps) {
  const forms = useQuery({ ...ask('forms', { query: {} }), staleTime: 30_000 })
  const chosen = forms.data?.items.find(({ id }) => id === entry.form)
  return (
    <>
      <Sentence>
        <NamedField
          label="Form"
          what="form"
          value={entry.form}
          items={forms.data?.items}
          // Where a form asks to confirm, a journey begins with that: before it nobody has agreed to anything.
          onChange={(form) => {
            const asks = forms.data?.items.find(({ id }) => id === form)?.confirmation ?? null
            onChange({ ...entry, form, on: asks === null ? 'submitted' : 'confirmed' })
          }}
        />
        <span>is</span>
        <Pick
          label="What is done with it"
          value={entry.on}
          options={[
            ['submitted', 'submitted'],
            ['confirmed', 'confirmed by its link'],
          ]}
          onChange={(on) => onChange({ ...entry, on })}
        />
        <AddFilter filters={entry.where} onChange={(where) => onChange(withFilters(entry, where))} />
      </Sentence>
      <PropertyFilters
        event={entry.on === 'confirmed' ? eventNames.formConfirmed : eventNames.formSubmitted}
        filters={entry.where}
        isWrong={isWrong}
        onChange={(where) => onChange(withFilters(entry, where))}
      />
      {forms.data?.items.length === 0 ? (
        <p className="soft">
          There is no form yet. <Link to="/forms/_new">Make one under Forms</Link>; it can be chosen here then.
        </p>
      ) : null}
      {chosen?.confirmation === null && entry.on === 'confirmed' ? <p className="soft">This form asks nobody to confirm.</p> : null}
    </>
  )
}
