import { useState } from 'react'
import { Button, Checkbox, Select } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { exportFormats } from '@throughline/contracts'
import type { RouteResponse } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { Action } from '../../ui/action.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DialogFoot } from '../../ui/dialog-foot.tsx'
import { Loaded, Pending } from '../../ui/states.tsx'
import styles from './people.module.css'

type Column = RouteResponse<'exportColumns'>['items'][number]
type Format = (typeof exportFormats)[number]

const formatNames: Record<Format, string> = { csv: 'CSV, for spreadsheets', ndjson: 'JSON lines', parquet: 'Parquet, for data tools' }
const groups: readonly (readonly [Column['group'], string])[] = [
  ['person', 'Person'],
  ['identifier', 'Identifiers'],
  ['consent', 'Consents'],
  ['trait', 'Traits'],
  ['computed', 'Computed traits'],
]

interface ExportPeopleProps {
  /** Id of the segment that is chosen at first; everybody, when left out. */
  readonly segment?: string
}

/** The button that opens the choice of who and what is exported. */
export function ExportPeople({ segment }: ExportPeopleProps) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Action route="exportPeople" variant="default" leftSection={<IconDownload size={15} aria-hidden />} onClick={() => setOpen(true)}>
        Export
      </Action>
      {open ? <Choice segment={segment ?? null} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

interface ChoiceProps {
  readonly segment: string | null
  readonly onClose: () => void
}

function Choice({ segment, onClose }: ChoiceProps) {
  const columns = useQuery(ask('exportColumns', {}))
  return (
    <Dialog opened onClose={onClose} title="Export people" size="lg">
      <Loaded query={columns} what="the columns" pending={<Pending what="the columns" rows={5} />}>
        {({ items, standard }) => <Chosen items={items} standard={standard} segment={segment} onClose={onClose} />}
      </Loaded>
    </Dialog>
  )
}

interface ChosenProps extends ChoiceProps {
  readonly items: readonly Column[]
  readonly standard: readonly string[]
}

function Chosen({ items, standard, segment: first, onClose }: ChosenProps) {
  const segments = useQuery(ask('segments', {}))
  const [segment, setSegment] = useState(first)
  const [format, setFormat] = useState<Format>('csv')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(standard))
  const ids = items.filter(({ id }) => chosen.has(id)).map(({ id }) => id)
  const toggle = (id: string): void =>
    setChosen((before) => {
      const after = new Set(before)
      if (!after.delete(id)) after.add(id)
      return after
    })
  const search = new URLSearchParams({ format, columns: ids.join(','), ...(segment !== null && { segment }) })
  return (
    <div className="stack">
      <Select
        label="Who"
        placeholder="Everybody"
        clearable
        clearButtonProps={{ 'aria-label': 'Everybody' }}
        value={segment}
        data={(segments.data?.items ?? []).map(({ id, name, size }) => ({ value: id, label: `${name} (${size})` }))}
        onChange={setSegment}
      />
      <Select
        label="As"
        value={format}
        allowDeselect={false}
        data={exportFormats.map((one) => ({ value: one, label: formatNames[one] }))}
        onChange={(value) => setFormat(exportFormats.find((one) => one === value) ?? 'csv')}
      />
      {groups.map(([group, name]) => {
        const own = items.filter((one) => one.group === group)
        return own.length === 0 ? null : (
          <fieldset key={group} className={styles.columns}>
            <legend>{name}</legend>
            {own.map(({ id, label }) => (
              <Checkbox key={id} size="sm" label={label} checked={chosen.has(id)} onChange={() => toggle(id)} />
            ))}
          </fieldset>
        )
      })}
      <p className="dim">That you export, and what, stands in the audit log.</p>
      <DialogFoot close={onClose}>
        {ids.length === 0 ? (
          <Action route="exportPeople" blocked="Choose at least one column.">
            Download the file
          </Action>
        ) : (
          <Button component="a" href={`/api/export/people?${search.toString()}`} download onClick={onClose}>
            Download the file
          </Button>
        )}
      </DialogFoot>
    </div>
  )
}
