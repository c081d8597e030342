import { MultiSelect, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ask } from '../../../api/queries.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Panel } from '../../../ui/panel.tsx'
import { Failure } from '../../../ui/states.tsx'
import { everybody } from './draft.ts'
import type { CampaignDraft } from './draft.ts'
import styles from './editor.module.css'

export interface PartProps {
  readonly draft: CampaignDraft
  readonly change: (part: Partial<CampaignDraft>) => void
  /** What is wrong with it, once somebody wanted to go on. */
  readonly wrong: string | undefined
}

/** Who gets it, and who of them does not. */
export function AudienceFields({ draft, change, wrong }: PartProps) {
  const segments = useQuery({ ...ask('segments', {}), staleTime: 30_000 })
  const format = useFormat()
  const items = segments.data?.items ?? []
  const options = items.map(({ id, name, size }) => ({ value: id, label: `${name} · ${format.number(size)}` }))
  // What is chosen and not known (yet) is shown by its id, and not lost.
  const unknown = [draft.segment, ...draft.except].filter((id) => id !== '' && id !== everybody && !items.some((one) => one.id === id))
  const known = [...options, ...unknown.map((id) => ({ value: id, label: id }))]
  return (
    <Panel title="Who gets it">
      <div className={styles.fields} data-part="segment">
        <Select
          label="Audience"
          placeholder="Choose a segment"
          searchable
          allowDeselect={false}
          value={draft.segment === '' ? null : draft.segment}
          data={[
            { value: everybody, label: 'Everybody' },
            { group: 'Segments', items: known },
          ]}
          nothingFoundMessage="No segment is called so."
          error={wrong}
          onChange={(segment) => change({ segment: segment ?? '', except: draft.except.filter((one) => one !== segment) })}
        />
        <MultiSelect
          label="But not those in"
          placeholder={draft.except.length === 0 ? 'Nobody is left out' : undefined}
          data={known.filter(({ value }) => value !== draft.segment)}
          value={[...draft.except]}
          maxValues={20}
          searchable
          hidePickedOptions
          nothingFoundMessage="No other segment is called so."
          onChange={(except) => change({ except })}
        />
        {segments.error === null ? null : <Failure error={segments.error} what="Segments" retry={() => void segments.refetch()} />}
      </div>
    </Panel>
  )
}
