import { useState } from 'react'
import { Select, TextInput } from '@mantine/core'
import { columnTypes, importTargetsOf } from '@throughline/contracts'
import type { ImportKind, ImportMapping, MappedColumn, SampleColumn } from '@throughline/contracts'
import { targetWords, typeWords } from '../../format/import-words.ts'
import styles from './imports.module.css'

interface ColumnListProps {
  readonly kind: ImportKind
  readonly mapping: ImportMapping
  readonly columns: readonly SampleColumn[]
  readonly set: (mapping: ImportMapping) => void
}

/** The columns of the file, each with its first values and what becomes of it. */
export function ColumnList({ kind, mapping, columns, set }: ColumnListProps) {
  const change = (next: MappedColumn): void =>
    set({
      ...mapping,
      columns: columns.map(({ column }) =>
        column === next.column ? next : (mapping.columns.find((one) => one.column === column) ?? { column, to: 'ignore' }),
      ),
    })
  return (
    <ul className={styles.columns}>
      {columns.map((sample) => {
        const mapped = mapping.columns.find((one) => one.column === sample.column) ?? { column: sample.column, to: 'ignore' as const }
        return <ColumnRow key={sample.column} kind={kind} sample={sample} mapped={mapped} change={change} />
      })}
    </ul>
  )
}

interface ColumnRowProps {
  readonly kind: ImportKind
  readonly sample: SampleColumn
  readonly mapped: MappedColumn
  readonly change: (next: MappedColumn) => void
}

function ColumnRow({ kind, sample, mapped, change }: ColumnRowProps) {
  const { column } = sample
  const [name, setName] = useState(mapped.name ?? column)
  const named = mapped.to === 'trait' || mapped.to === 'property'
  return (
    <li className={styles.column}>
      <div className={styles.name}>
        <strong className="break">{column}</strong>
        <p className={styles.values}>{sample.values.length === 0 ? 'always empty' : sample.values.join(' · ')}</p>
        {sample.read === null ? null : <p className={styles.values}>read as {sample.read}</p>}
      </div>
      <Select
        aria-label={`What ${column} is`}
        allowDeselect={false}
        searchable
        data={importTargetsOf[kind].takes.map((one) => ({ value: one, label: targetWords[one] }))}
        value={mapped.to}
        onChange={(value) => {
          const to = importTargetsOf[kind].takes.find((one) => one === value) ?? mapped.to
          if (to === mapped.to) return
          change(to === 'trait' || to === 'property' ? { column, to, name, type: sample.type } : { column, to })
        }}
      />
      {named ? (
        <>
          <TextInput
            aria-label={`Name of the ${mapped.to} out of ${column}`}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onBlur={() => (name.trim() === '' || name === mapped.name ? undefined : change({ ...mapped, name: name.trim() }))}
          />
          <Select
            aria-label={`Type of ${column}`}
            allowDeselect={false}
            data={columnTypes.map((one) => ({ value: one, label: typeWords[one] }))}
            value={mapped.type ?? 'text'}
            onChange={(value) => change({ ...mapped, type: columnTypes.find((one) => one === value) ?? 'text' })}
          />
        </>
      ) : null}
    </li>
  )
}
