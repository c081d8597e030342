import { useMemo } from 'react'
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { routes } from '@throughline/contracts'
import type { ImportError } from '@throughline/contracts'
import { addressOf } from '../../api/client.ts'
import { askPages } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { More } from '../../ui/more.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Pending } from '../../ui/states.tsx'

const columns: readonly Column<ImportError & { readonly key: string }>[] = [
  { id: 'row', header: 'Row', primary: true, width: '10%', cell: ({ row }) => `Row ${row}` },
  { id: 'column', header: 'Column', width: '16%', cell: ({ column }) => column ?? 'the whole row' },
  {
    id: 'value',
    header: 'Value',
    width: '20%',
    cell: ({ value }) => (value === null ? <span className="dim">empty</span> : <span className="mono break">{value}</span>),
  },
  { id: 'reason', header: 'Why', cell: ({ reason }) => reason },
  { id: 'allowed', header: 'Allowed', width: '26%', cell: ({ allowed }) => allowed ?? '' },
]

/** Rows that were refused, with what is wrong with them, to read and to take away. */
export function RefusedRows({ id, phase, refused }: { readonly id: string; readonly phase: 'check' | 'run'; readonly refused: number }) {
  const format = useFormat()
  const errors = useInfiniteQuery(askPages('importErrors', { params: { id }, query: { phase, limit: 50 } }))
  const rows = useMemo(
    () => errors.data?.pages.flatMap((page, at) => page.items.map((item, index) => ({ ...item, key: `${at} ${index}` }))) ?? [],
    [errors.data],
  )
  return (
    <Panel
      title={`${counted(format, refused, 'row', 'rows')} refused`}
      flush
      aside={
        <Button
          component="a"
          href={addressOf(routes.importErrorsFile, { params: { id }, query: { phase } })}
          download
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          Download as CSV
        </Button>
      }
    >
      {errors.data === undefined ? (
        errors.error !== null && !errors.isFetching ? (
          <Failure error={errors.error} what="The rows" retry={() => void errors.refetch()} />
        ) : (
          <Pending what="refused rows" rows={3} />
        )
      ) : (
        <>
          <DataTable label="Refused rows" rows={rows} columns={columns} rowId={({ key }) => key} />
          <More
            hasMore={errors.hasNextPage}
            loading={errors.isFetchingNextPage}
            error={errors.isFetchNextPageError ? errors.error : null}
            load={() => void errors.fetchNextPage()}
          />
        </>
      )}
    </Panel>
  )
}
