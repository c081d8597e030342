import { useInfiniteQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { askPages } from '../../../api/queries.ts'
import { DataTable } from '../../../ui/data-table.tsx'
import type { Column } from '../../../ui/data-table.tsx'
import { More } from '../../../ui/more.tsx'
import { Empty, Failure, Pending } from '../../../ui/states.tsx'
import { When } from '../../../ui/when.tsx'
import { personColumn } from './person-column.tsx'

type Member = RouteResponse<'segmentMembers'>['items'][number]

const columns: readonly Column<Member>[] = [
  personColumn,
  { id: 'email', header: 'E-mail', cell: ({ person }) => person.email ?? <span className="dim">not known</span> },
  {
    id: 'since',
    header: 'In it since',
    cell: ({ since, filled }) => (
      <>
        <When at={since} as="stamp" />
        {filled ? <span className="dim">, found in history</span> : null}
      </>
    ),
  },
]

/** Who is in it, newest first. */
export function Members({ id }: { readonly id: string }) {
  const members = useInfiniteQuery({ ...askPages('segmentMembers', { params: { id }, query: { limit: '50' } }), refetchInterval: 15_000 })
  if (members.data === undefined) {
    return members.error === null || members.isFetching ? (
      <Pending what="members" />
    ) : (
      <Failure error={members.error} what="The members" retry={() => void members.refetch()} />
    )
  }
  const rows = members.data.pages.flatMap((one) => one.items)
  if (rows.length === 0) return <Empty title="Nobody is in it now">Whoever meets the conditions comes in at that very moment.</Empty>
  return (
    <>
      <DataTable label="Members" rows={rows} columns={columns} rowId={({ person }) => person.id} />
      <More
        hasMore={members.hasNextPage}
        loading={members.isFetchingNextPage}
        error={members.isFetchNextPageError ? members.error : null}
        load={() => void members.fetchNextPage()}
      />
    </>
  )
}
