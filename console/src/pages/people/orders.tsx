import type { UseQueryResult } from '@tanstack/react-query'
import type { PersonHistory } from '@throughline/contracts'
import { useFormat } from '../../format/use-format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Loaded, Note, Pending } from '../../ui/states.tsx'
import { When } from '../../ui/when.tsx'
import styles from './people.module.css'

const digits = (currency: string | null): number => {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency: currency ?? 'EUR' }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

/** What somebody has bought: totals per currency, and the latest orders. */
export function Orders({ history }: { readonly history: UseQueryResult<PersonHistory> }) {
  const format = useFormat()
  const money = (minor: number, currency: string | null): string => format.money(minor / 10 ** digits(currency), currency ?? undefined)
  return (
    <Panel title="Orders">
      <Loaded query={history} what="the orders" pending={<Pending what="the orders" rows={3} />}>
        {({ orders, latestOrders, note }) => (
          <div className="stack">
            {note === undefined ? null : <Note>{note}</Note>}
            {orders.length === 0 ? (
              <p className="dim">None yet. Orders are the events “Order Completed”.</p>
            ) : (
              orders.map((one) => (
                <dl key={one.currency ?? ''} className={styles.figures}>
                  <div>
                    <dt>Lifetime value</dt>
                    <dd className="num">{money(one.total, one.currency)}</dd>
                  </div>
                  <div>
                    <dt>Orders</dt>
                    <dd className="num">{one.orders}</dd>
                  </div>
                  <div>
                    <dt>Average order</dt>
                    <dd className="num">{money(one.average, one.currency)}</dd>
                  </div>
                  <div>
                    <dt>Last order</dt>
                    <dd>
                      <When at={one.lastAt} />
                    </dd>
                  </div>
                  {one.refunded === 0 ? null : (
                    <div>
                      <dt>Refunded</dt>
                      <dd className="num">{money(one.refunded, one.currency)}</dd>
                    </div>
                  )}
                </dl>
              ))
            )}
            {latestOrders.length === 0 ? null : (
              <details>
                <summary>{latestOrders.length === 1 ? 'The order' : `The latest ${latestOrders.length}`}</summary>
                <ul className={styles.list}>
                  {latestOrders.map((order, index) => (
                    <li key={order.id ?? index}>
                      <span className="soft">
                        {order.id ?? 'no number'} · <When at={order.at} as="date" />
                        {order.items === 0 ? '' : ` · ${order.items} ${order.items === 1 ? 'item' : 'items'}`}
                      </span>
                      <span className="num">
                        {money(order.total, order.currency)}
                        {order.refunded === 0 ? '' : ` (${money(order.refunded, order.currency)} back)`}
                      </span>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  )
}
