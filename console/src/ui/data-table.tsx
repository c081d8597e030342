import { useMemo } from 'react'
import type { ReactNode } from 'react'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { createSortedRowModel, rowSortingFeature, sortFns, tableFeatures, useTable } from '@tanstack/react-table'
import type { ColumnDef, RowData, SortingState } from '@tanstack/react-table'
import styles from './data-table.module.css'

export interface Column<T> {
  readonly id: string
  readonly header: string
  readonly cell: (row: T) => ReactNode
  /** What the column is sorted by; without it the column cannot be sorted. */
  readonly sort?: (row: T) => string | number
  readonly align?: 'right'
  /** The column that names the row: first on a card, without a label. */
  readonly primary?: true
  /** A CSS width. */
  readonly width?: string
}

interface DataTableProps<T extends RowData> {
  /** What the rows are, for a screen reader. */
  readonly label: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly rowId: (row: T) => string
  readonly sorted?: SortingState
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns })
const unsorted: SortingState = []

/**
 * A table that becomes a list of cards where it is narrow. The roles are written out, since a changed `display` takes them away.
 * A link with the class `rowLink` reaches over its whole row.
 */
export function DataTable<T extends RowData>({ label, rows, columns, rowId, sorted = unsorted }: DataTableProps<T>) {
  const defs = useMemo(
    (): ColumnDef<typeof features, T>[] =>
      columns.map((column) => ({
        id: column.id,
        header: column.header,
        enableSorting: column.sort !== undefined,
        sortFn: 'basic',
        sortUndefined: 'last',
        accessorFn: (row: T) => column.sort?.(row),
        cell: ({ row }) => column.cell(row.original),
      })),
    [columns],
  )
  const data = useMemo(() => [...rows], [rows])
  const table = useTable({
    features,
    columns: defs,
    data,
    getRowId: rowId,
    initialState: { sorting: sorted },
    enableMultiSort: false,
    enableSortingRemoval: false,
  })
  const byId = new Map(columns.map((column) => [column.id, column]))
  return (
    <div className={styles.frame}>
      <table className={styles.table} role="table" aria-label={label}>
        <thead role="rowgroup" className={styles.head}>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} role="row">
              {group.headers.map((header) => {
                const column = byId.get(header.column.id)
                const order = header.column.getIsSorted()
                return (
                  <th
                    key={header.id}
                    role="columnheader"
                    scope="col"
                    className={column?.align === 'right' ? styles.right : undefined}
                    style={column?.width === undefined ? undefined : { width: column.width }}
                    aria-sort={order === 'asc' ? 'ascending' : order === 'desc' ? 'descending' : undefined}
                  >
                    {header.column.getCanSort() ? (
                      <button type="button" className={styles.sort} onClick={header.column.getToggleSortingHandler()}>
                        {column?.header}
                        {order === 'asc' ? (
                          <IconArrowUp size={13} aria-hidden />
                        ) : order === 'desc' ? (
                          <IconArrowDown size={13} aria-hidden />
                        ) : null}
                      </button>
                    ) : (
                      column?.header
                    )}
                  </th>
                )
              })}
            </tr>
          ))}
        </thead>
        <tbody role="rowgroup">
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} role="row" className={styles.row}>
              {row.getAllCells().map((cell) => {
                const column = byId.get(cell.column.id)
                return (
                  <td
                    key={cell.id}
                    role="cell"
                    data-label={column?.primary === true ? undefined : column?.header}
                    className={`${column?.align === 'right' ? styles.right : ''} ${column?.primary === true ? styles.primary : ''}`}
                  >
                    {column?.cell(row.original)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The class of the link that reaches over its whole row. */
export const rowLink = styles.rowLink
