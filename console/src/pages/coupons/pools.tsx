import { useState } from 'react'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { CouponPool } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Bin } from '../../ui/bin.tsx'
import { DataTable, rowLink } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Pill } from '../../ui/pill.tsx'
import { Empty, Loaded } from '../../ui/states.tsx'
import { PoolForm } from './pool-form.tsx'
import { restorePool } from './refresh.ts'

/** All pools of coupon codes. */
export function CouponPools() {
  const format = useFormat()
  const navigate = useNavigate()
  const pools = useQuery(ask('couponPools', { query: {} }))
  const deleted = useQuery(ask('couponPools', { query: { deleted: 'true' } }))
  const [making, setMaking] = useState(false)
  const columns: readonly Column<CouponPool>[] = [
    {
      id: 'name',
      header: 'Pool',
      primary: true,
      sort: (pool) => pool.name.toLowerCase(),
      cell: (pool) => (
        <span>
          <Link to="/coupons/$id" params={{ id: pool.id }} className={rowLink}>
            {pool.name}
          </Link>{' '}
          <span className="mono dim">{pool.id}</span>
        </span>
      ),
    },
    {
      id: 'free',
      header: 'Left',
      width: '18%',
      align: 'right',
      sort: (pool) => pool.free,
      cell: (pool) => (
        <span>
          {pool.lowSince === null ? null : <Pill tone="bad">{pool.free === 0 ? 'empty' : 'runs low'}</Pill>}{' '}
          {pool.unreadable === 0 ? null : <Pill tone="bad">some cannot be opened</Pill>} {format.number(pool.free)}
        </span>
      ),
    },
    { id: 'given', header: 'Given', width: '12%', align: 'right', sort: (pool) => pool.given, cell: (pool) => format.number(pool.given) },
    {
      id: 'redeemed',
      header: 'Redeemed',
      width: '12%',
      align: 'right',
      sort: (pool) => pool.redeemed,
      cell: (pool) => format.number(pool.redeemed),
    },
    {
      id: 'expires',
      header: 'Good until',
      width: '18%',
      sort: (pool) => pool.expires ?? '~',
      cell: (pool) => (pool.expires === null ? <span className="dim">no end</span> : format.calendarDay(pool.expires)),
    },
  ]
  const make = (
    <Action route="createCouponPool" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>
      Make a pool
    </Action>
  )
  return (
    <Page title="Coupons" lead="Codes of your shop, given to people one by one by a step of a journey." actions={make}>
      <Panel flush>
        <Loaded query={pools} what="pools of codes">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No pools of codes yet" action={make}>
                Make one, paste the codes that your shop has made, and let the step “Give a coupon code” of a journey give them out.
              </Empty>
            ) : (
              <DataTable label="Pools of codes" rows={items} columns={columns} rowId={(pool) => pool.id} />
            )
          }
        </Loaded>
      </Panel>
      <Bin items={deleted.data?.items ?? []} route="restoreCouponPool" back="with its codes" restore={restorePool} />
      {making ? <PoolForm close={() => setMaking(false)} done={({ id }) => navigate({ to: '/coupons/$id', params: { id } })} /> : null}
    </Page>
  )
}
