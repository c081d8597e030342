import { useQuery } from '@tanstack/react-query'
import type { CampaignSend } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'
import { isOpen } from '../../format/campaign-words.ts'
import { counted, minorToMajor } from '../../format/format.ts'
import { useFormat } from '../../format/use-format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Loaded, Pending } from '../../ui/states.tsx'
import styles from './campaigns.module.css'

/** What a send brought: orders and revenue within the time that its campaign counts, all of it and after a click. */
export function Earnings({ send: { campaign, number, state } }: { readonly send: CampaignSend }) {
  const format = useFormat()
  const earnings = useQuery({
    ...ask('campaignEarnings', { params: { id: campaign, number }, query: {} }),
    refetchInterval: isOpen(state) ? 15_000 : 60_000,
  })
  const money = (minor: number, currency: string): string => format.money(minorToMajor(minor, currency), currency)
  return (
    <Panel title="What it brought">
      <Loaded query={earnings} what="what it brought" pending={<Pending what="what it brought" rows={3} />}>
        {({ within, isOver, orders, ordersAfterClick, revenue, goal }) => (
          <>
            <p className="soft">
              Within {within} after each person’s message, less what was refunded
              {isOver ? '.' : '; this time is not over yet.'}
            </p>
            {orders === 0 ? (
              <p>{isOver ? 'Nobody ordered.' : 'Nobody has ordered yet.'}</p>
            ) : (
              <table className={styles.brought}>
                <caption className="vh">Orders and revenue</caption>
                <thead>
                  <tr>
                    <th scope="col">
                      <span className="vh">When</span>
                    </th>
                    <th scope="col">Orders</th>
                    {revenue.map(({ currency }) => (
                      <th key={currency} scope="col">
                        Revenue, {currency}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  <tr>
                    <th scope="row">After the message</th>
                    <td>{format.number(orders)}</td>
                    {revenue.map(({ currency, total }) => (
                      <td key={currency}>{money(total, currency)}</td>
                    ))}
                  </tr>
                  <tr>
                    <th scope="row">of it after a click</th>
                    <td>{format.number(ordersAfterClick)}</td>
                    {revenue.map(({ currency, afterClick }) => (
                      <td key={currency}>{money(afterClick, currency)}</td>
                    ))}
                  </tr>
                </tbody>
              </table>
            )}
            <p style={{ marginTop: 8 }}>
              {counted(format, goal.people, 'person', 'people')} did what it is for: {goal.event}.
            </p>
          </>
        )}
      </Loaded>
    </Panel>
  )
}
