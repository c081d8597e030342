import { ActionIcon, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import type { FormField, FormFieldType } from '@throughline/contracts'
import { fieldNameOf } from './draft.ts'
import styles from './forms.module.css'

const types: { readonly [T in FormFieldType]: string } = {
  email: 'E-mail address',
  phone: 'Phone number',
  text: 'Text',
  'long-text': 'Long text',
  number: 'Number',
  date: 'Day',
  checkbox: 'Checkbox',
  choice: 'One of several',
}
const typeOptions = (Object.keys(types) as FormFieldType[]).map((value) => ({ value, label: types[value] }))

interface FieldListProps {
  readonly fields: readonly FormField[]
  readonly faultAt: (field: string) => string | undefined
  readonly onChange: (fields: FormField[]) => void
}

/** The fields of a form, in the order in which people see them. */
export function FieldList({ fields, faultAt, onChange }: FieldListProps) {
  const change = (at: number, next: FormField): void => onChange(fields.map((one, index) => (index === at ? next : one)))
  return (
    <div className="stack" style={{ gap: 12 }}>
      {faultAt('fields') === undefined ? null : (
        <p role="alert" className={styles.fault}>
          {faultAt('fields')}
        </p>
      )}
      {fields.map((field, at) => (
        // A field has no other mark than its place: its name is being typed.
        <fieldset key={at} className={styles.field}>
          <legend className="vh">Field {at + 1}</legend>
          <OneField
            field={field}
            others={fields.filter((_, index) => index !== at)}
            fault={(part) => faultAt(`fields.${at}.${part}`)}
            onChange={(next) => change(at, next)}
          />
          <div className={styles.buttons}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Move ${field.label || `field ${at + 1}`} up`}
              disabled={at === 0}
              onClick={() => onChange([...fields.slice(0, at - 1), field, fields[at - 1]!, ...fields.slice(at + 1)])}
            >
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove ${field.label || `field ${at + 1}`}`}
              disabled={fields.length === 1}
              onClick={() => onChange(fields.filter((_, index) => index !== at))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
        </fieldset>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...fields, { name: fieldNameOf('', fields), label: '', type: 'text', required: false }])}
        >
          Add a field
        </Button>
      </div>
    </div>
  )
}

interface OneProps {
  readonly field: FormField
  readonly others: readonly FormField[]
  readonly fault: (part: string) => string | undefined
  readonly onChange: (next: FormField) => void
}

function OneField({ field, others, fault, onChange }: OneProps) {
  const isAddress = field.type === 'email' || field.type === 'phone'
  const rename = (label: string): FormField =>
    field.name === fieldNameOf(field.label, others) ? { ...field, label, name: fieldNameOf(label, others) } : { ...field, label }
  const retype = (type: FormFieldType): FormField => {
    const { options, trait, ...rest } = field
    const keepsTrait = type !== 'email' && type !== 'phone' && trait !== undefined
    return { ...rest, type, ...(type === 'choice' && { options: options ?? [''] }), ...(keepsTrait && { trait }) }
  }
  return (
    <div className={styles.parts}>
      <TextInput
        label="What people read"
        value={field.label}
        maxLength={500}
        error={fault('label')}
        onChange={(event) => onChange(rename(event.currentTarget.value))}
      />
      <NativeSelect
        label="What it asks for"
        data={typeOptions}
        value={field.type}
        error={fault('type')}
        onChange={(event) => onChange(retype(event.currentTarget.value as FormFieldType))}
      />
      <TextInput
        label="Sent as"
        value={field.name}
        maxLength={50}
        error={fault('name')}
        onChange={(event) => onChange({ ...field, name: event.currentTarget.value })}
      />
      <TextInput
        label="Sets the trait"
        placeholder={isAddress ? field.type : 'none'}
        disabled={isAddress}
        value={field.trait ?? ''}
        error={fault('trait')}
        onChange={(event) => {
          const { trait: _, ...rest } = field
          const trait = event.currentTarget.value.trim()
          onChange(trait === '' ? rest : { ...rest, trait })
        }}
      />
      {field.type === 'choice' ? (
        <TextInput
          label="What can be chosen"
          description="With commas between."
          value={(field.options ?? []).join(', ')}
          error={fault('options') ?? fault('options.0')}
          onChange={(event) => onChange({ ...field, options: event.currentTarget.value.split(/, ?/) })}
        />
      ) : null}
      <Checkbox
        className={styles.tick}
        label="Required"
        checked={field.required}
        onChange={(event) => onChange({ ...field, required: event.currentTarget.checked })}
      />
    </div>
  )
}
