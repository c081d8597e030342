import { useState } from 'react'
import { Checkbox, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { FileImport, ImportMapping, ImportOptions } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, queryClient } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { ColumnList } from './column-list.tsx'
import { Counts } from './counts.tsx'
import { FileForm } from './file-form.tsx'
import { RefusedRows } from './refused-rows.tsx'
import styles from './imports.module.css'

/** The second and third step: what the columns are, what would come of it, and the button that imports. */
export function Draft({ one }: { readonly one: FileImport }) {
  const { id, kind, mapping, options } = one
  const format = useFormat()
  const sample = useQuery(ask('importSample', { params: { id } }))
  const lists = useQuery(ask('lists', { query: {} }))
  const changed = async (now: FileImport): Promise<void> => {
    queryClient.setQueryData(ask('fileImport', { params: { id } }).queryKey, now)
    await queryClient.invalidateQueries({ queryKey: ['importSample', { params: { id } }] })
  }
  const save = useMutation({
    mutationFn: (body: { mapping: Omit<ImportMapping, 'columns'> & { columns?: ImportMapping['columns'] }; options?: ImportOptions }) =>
      call('mapImport', { params: { id }, body }),
    onSuccess: changed,
  })
  const check = useMutation({ mutationFn: () => call('checkImport', { params: { id } }), onSuccess: changed })
  const { pull } = one
  const start = useMutation({
    mutationFn: () =>
      pull === null ? call('startImport', { params: { id } }) : call('beginPull', { params: { id: pull }, body: { import: id } }),
    onSuccess: changed,
  })
  const set = (next: ImportMapping): void => save.mutate({ mapping: next })
  const setOptions = (next: ImportOptions): void => save.mutate({ mapping, options: next })
  const missing = sample.data?.missing ?? []
  const blocked = missing[0] ?? (save.isPending ? 'What you changed is being saved.' : undefined)
  const failed = save.error ?? check.error ?? start.error
  const willWrite = one.check === null ? null : one.check.rows - one.check.refused - one.check.unchanged - one.check.kept
  return (
    <>
      <Panel title="How the file is read">
        <Loaded query={sample} what="the first rows">
          {({ notes }) => (
            <div className="stack">
              <ul className={styles.notes}>
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
                {one.preset === null ? null : <li>The names of its columns are those of “{one.preset}”, so it is mapped like that.</li>}
              </ul>
              <FileForm
                file={mapping.file}
                set={(file, again) => save.mutate({ mapping: again ? without(mapping, file) : { ...mapping, file } })}
              />
            </div>
          )}
        </Loaded>
      </Panel>
      <Panel title="What the columns are" aside={<SaveMapping one={one} />} flush>
        <Loaded query={sample} what="the columns">
          {({ columns }) => <ColumnList kind={kind} mapping={mapping} columns={columns} set={set} />}
        </Loaded>
      </Panel>
      <Panel title="What else">
        <div className={styles.settings}>
          <KindFields kind={kind} mapping={mapping} set={set} />
          {kind === 'suppressions' ? null : (
            <Select
              label="Everybody joins the list"
              placeholder="No list"
              clearable
              clearButtonProps={{ 'aria-label': 'No list' }}
              searchable
              nothingFoundMessage="No such list. Lists are made on the page Lists."
              data={(lists.data?.items ?? []).map((list) => ({ value: list.id, label: list.name }))}
              value={options.list}
              onChange={(list) => setOptions({ ...options, list })}
            />
          )}
          <Checkbox
            label="Let this start and move journeys"
            description="Otherwise it is history: it counts for segments, and nobody gets a message for it"
            checked={options.triggers}
            onChange={(event) => setOptions({ ...options, triggers: event.currentTarget.checked })}
          />
        </div>
      </Panel>
      {failed === null ? null : <Failure error={failed} />}
      {missing.length === 0 ? null : (
        <ul className={styles.missing} aria-label="Still missing">
          {missing.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <Panel title={one.check === null ? 'Before it begins' : 'What would come of it'}>
        <div className="stack">
          {one.check === null ? (
            <p>The check reads the whole file and counts what would be new, changed and refused. It writes nothing.</p>
          ) : (
            <Counts counts={one.check} />
          )}
          <div className="row">
            <Action
              route="checkImport"
              variant={one.check === null ? 'filled' : 'default'}
              blocked={blocked}
              loading={check.isPending}
              onClick={() => check.mutate()}
            >
              Check the file
            </Action>
            <Action
              route={pull === null ? 'startImport' : 'beginPull'}
              variant={one.check === null ? 'default' : 'filled'}
              blocked={blocked}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              {`${willWrite === null ? 'Import without a check' : `Import ${counted(format, willWrite, 'row', 'rows')}`}${pull === null ? '' : ', and map every run like this'}`}
            </Action>
          </div>
        </div>
      </Panel>
      {one.check !== null && one.check.refused > 0 ? <RefusedRows id={id} phase="check" refused={one.check.refused} /> : null}
    </>
  )
}

/** The mapping with another way to read the file, its columns to be suggested anew. */
function without({ columns: _, ...rest }: ImportMapping, file: ImportMapping['file']): Omit<ImportMapping, 'columns'> {
  return { ...rest, file }
}

/** What files of some kinds may leave out. */
export function KindFields({
  kind,
  mapping,
  labels = { event: 'All rows are the event', state: 'All of them' },
  set,
}: Pick<FileImport, 'kind' | 'mapping'> & {
  readonly labels?: { readonly event: string; readonly state: string }
  readonly set: (mapping: ImportMapping) => void
}) {
  const [event, setEvent] = useState(mapping.event ?? '')
  const has = (target: string): boolean => mapping.columns.some(({ to }) => to === target)
  if (kind === 'events' && !has('event'))
    return (
      <TextInput
        label={labels.event}
        placeholder="Store Visited"
        maxLength={200}
        value={event}
        onChange={(change) => setEvent(change.currentTarget.value)}
        onBlur={() => set({ ...mapping, event: event.trim() === '' ? undefined : event.trim() })}
      />
    )
  if (kind === 'consents' && !has('state'))
    return (
      <Select
        label={labels.state}
        placeholder="Choose"
        data={[
          { value: 'granted', label: 'agreed' },
          { value: 'withdrawn', label: 'opted out' },
        ]}
        value={mapping.state ?? null}
        onChange={(state) => set({ ...mapping, state: state === 'granted' || state === 'withdrawn' ? state : undefined })}
      />
    )
  return null
}

function SaveMapping({ one }: { readonly one: FileImport }) {
  const [name, setName] = useState('')
  const save = useMutation({
    mutationFn: () => call('saveMapping', { body: { name: name.trim(), kind: one.kind, mapping: one.mapping } }),
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: ['savedMappings'] })
      setName('')
      toast(`“${saved.name}” is saved; files with these columns are mapped like this.`)
    },
  })
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') save.mutate()
      }}
    >
      <TextInput
        size="xs"
        aria-label="Name for this mapping"
        placeholder="Name for this mapping"
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={save.error === null ? undefined : save.error.message}
      />
      <Action
        route="saveMapping"
        type="submit"
        size="compact-sm"
        variant="default"
        loading={save.isPending}
        blocked={name.trim() === '' ? 'Give it a name first.' : undefined}
      >
        Save the mapping
      </Action>
    </form>
  )
}
