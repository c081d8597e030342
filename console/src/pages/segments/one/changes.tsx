import { useState } from 'react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { askPages } from '../../../api/queries.ts'
import { Chips } from '../../../ui/chips.tsx'
import { DataTable } from '../../../ui/data-table.tsx'
import type { Column } from '../../../ui/data-table.tsx'
import { More } from '../../../ui/more.tsx'
import { Pill } from '../../../ui/pill.tsx'
import { Empty, Failure, Pending } from '../../../ui/states.tsx'
import { When } from '../../../ui/when.tsx'
import { personColumn } from './person-column.tsx'
import styles from './segment.module.css'

type Change = RouteResponse<'segmentChanges'>['items'][number]

const columns: readonly Column<Change>[] = [
  personColumn,
  { id: 'change', header: 'What', cell: ({ change }) => <Pill tone={change === 'entered' ? 'good' : 'plain'}>{change}</Pill> },
  {
    id: 'at',
    header: 'When',
    cell: ({ at, filled }) => (
      <>
        <When at={at} as="stamp" />
        {filled ? <span className="dim">, by counting anew</span> : null}
      </>
    ),
  },
]

/** Who entered and left, and when, newest first. */
export function Changes({ id }: { readonly id: string }) {
  const [which, setWhich] = useState<'all' | 'entered' | 'left'>('all')
  const query = { limit: '50', ...(which !== 'all' && { change: which }) }
  const changes = useInfiniteQuery({ ...askPages('segmentChanges', { params: { id }, query }), refetchInterval: 15_000 })
  const rows = changes.data?.pages.flatMap((one) => one.items)
  return (
    <>
      <div className={styles.tools}>
        <Chips
          label="Which changes"
          value={which}
          options={[
            ['all', 'All'],
            ['entered', 'Entered'],
            ['left', 'Left'],
          ]}
          onChange={setWhich}
        />
      </div>
      {rows === undefined ? (
        changes.error === null || changes.isFetching ? (
          <Pending what="changes" />
        ) : (
          <Failure error={changes.error} what="The changes" retry={() => void changes.refetch()} />
        )
      ) : rows.length === 0 ? (
        <Empty title="Nobody has come or gone yet">Each change is recorded with its exact instant.</Empty>
      ) : (
        <>
          <DataTable label="Changes" rows={rows} columns={columns} rowId={({ person, at, change }) => `${person.id} ${at} ${change}`} />
          <More
            hasMore={changes.hasNextPage}
            loading={changes.isFetchingNextPage}
            error={changes.isFetchNextPageError ? changes.error : null}
            load={() => void changes.fetchNextPage()}
          />
        </>
      )}
    </>
  )
}
