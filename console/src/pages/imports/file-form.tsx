import { useState } from 'react'
import { Select, TextInput } from '@mantine/core'
import { dateOrders, fileEncodings } from '@throughline/contracts'
import type { FileSettings } from '@throughline/contracts'
import { dateWords, encodingWords } from '../../format/import-words.ts'
import styles from './imports.module.css'

const delimiters = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar' },
]

interface FileFormProps {
  readonly file: FileSettings
  /** `again`: the columns themselves may be others now. */
  readonly set: (file: FileSettings, again: boolean) => void
  /** It is no file: only how its values are read can be set. */
  readonly valuesOnly?: boolean
}

/** How the file is made; everything was detected, and can be set right. */
export function FileForm({ file, set, valuesOnly = false }: FileFormProps) {
  const [zone, setZone] = useState(file.zone)
  const [currency, setCurrency] = useState(file.currency)
  const text = file.format !== 'xlsx' && !valuesOnly
  return (
    <details>
      <summary>Read it another way</summary>
      <div className={styles.settings} style={{ marginTop: 12 }}>
        {text ? (
          <Select
            label="Encoding"
            allowDeselect={false}
            data={fileEncodings.map((one) => ({ value: one, label: encodingWords[one] }))}
            value={file.encoding}
            onChange={(value) => set({ ...file, encoding: fileEncodings.find((one) => one === value) ?? file.encoding }, true)}
          />
        ) : null}
        {file.format === 'csv' ? (
          <Select
            label="Between values"
            allowDeselect={false}
            data={delimiters}
            value={file.delimiter}
            onChange={(value) => set({ ...file, delimiter: value ?? file.delimiter }, true)}
          />
        ) : null}
        {file.format === 'jsonl' ? null : (
          <Select
            label="First row"
            allowDeselect={false}
            data={[
              { value: 'yes', label: 'Names of the columns' },
              { value: 'no', label: 'Values already' },
            ]}
            value={file.header ? 'yes' : 'no'}
            onChange={(value) => set({ ...file, header: value !== 'no' }, true)}
          />
        )}
        <Select
          label="Decimals behind a"
          allowDeselect={false}
          data={[
            { value: '.', label: 'Point: 1,234.50' },
            { value: ',', label: 'Comma: 1.234,50' },
          ]}
          value={file.decimalMark}
          onChange={(value) => set({ ...file, decimalMark: value === ',' ? ',' : '.' }, false)}
        />
        <Select
          label="Dates"
          allowDeselect={false}
          data={dateOrders.map((one) => ({ value: one, label: dateWords[one] }))}
          value={file.dateOrder}
          onChange={(value) => set({ ...file, dateOrder: dateOrders.find((one) => one === value) ?? file.dateOrder }, false)}
        />
        <TextInput
          label="Zone of times without one"
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
          onBlur={() => (zone === file.zone ? undefined : set({ ...file, zone: zone.trim() }, false))}
        />
        <TextInput
          label="Currency"
          maxLength={3}
          value={currency}
          onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
          onBlur={() => (currency === file.currency ? undefined : set({ ...file, currency }, false))}
        />
      </div>
    </details>
  )
}
