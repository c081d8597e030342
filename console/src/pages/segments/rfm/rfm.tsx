import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Rfm } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { ask, queryClient } from '../../../api/queries.ts'
import { counted, minorToMajor } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Action } from '../../../ui/action.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Empty, Failure, Loaded, Pending } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.ts'
import { When } from '../../../ui/when.tsx'
import { Grid } from './grid.tsx'
import { Groups } from './groups.tsx'
import { Movement } from './movement.tsx'
import styles from './rfm.module.css'

export type Current = NonNullable<Rfm['current']>

/** Where all buyers stand: the grid, its groups, and who moved from which to which. */
export function RfmPage() {
  const rfm = useQuery({ ...ask('rfm', {}), refetchInterval: 10_000 })
  const compute = useMutation({
    mutationFn: () => call('computeRfm', {}),
    onSuccess: async ({ current }) => {
      toast(current === null ? 'There are no orders yet, so there is nothing to compute.' : 'Computed, and in force from now on.')
      await Promise.all(['rfm', 'rfmDays', 'rfmMovement'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
    },
  })
  return (
    <Page
      title="RFM"
      lead="Where each buyer stands among all: how recently they ordered, how frequently, and for how much money. 5 is best."
      actions={
        rfm.data?.current ? (
          <Action route="computeRfm" variant="default" loading={compute.isPending} onClick={() => compute.mutate()}>
            Compute now
          </Action>
        ) : undefined
      }
    >
      {compute.error === null ? null : <Failure error={compute.error} />}
      <Loaded query={rfm} what="the scores" pending={<Pending what="the scores" rows={8} />}>
        {(data) =>
          data.current === null ? (
            <Panel>
              <Nobody hour={data.hour} zone={data.zone} />
            </Panel>
          ) : (
            <div className={styles.page}>
              <Summary rfm={data} current={data.current} />
              <Grid current={data.current} currency={data.currency} />
              <Groups current={data.current} currency={data.currency} />
              <Movement />
              <Thresholds current={data.current} currency={data.currency} />
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

function Summary({ rfm, current }: { readonly rfm: Rfm; readonly current: Current }) {
  const format = useFormat()
  return (
    <p className="soft">
      {counted(format, current.people, 'buyer', 'buyers')}
      {current.days === null ? '' : ` of the last ${current.days} days`}, {format.money(minorToMajor(current.revenue, rfm.currency))} after
      refunds, as of <When at={current.asOf} as="stamp" />. An order moves its buyer at once; everybody is looked at again{' '}
      <When at={rfm.nextAt} />, at {String(rfm.hour).padStart(2, '0')}:00 shop time.{' '}
      <Link to="/settings/workspace" className="link">
        Change the hour
      </Link>
    </p>
  )
}

/** From when on, from how many orders on, from how much money on there is which score. */
function Thresholds({ current, currency }: { readonly current: Current; readonly currency: string }) {
  const format = useFormat()
  const { recency, frequency, money } = current.thresholds
  const columns = [
    {
      name: 'Recency',
      rule: 'last order',
      words: [...recency.map((at) => `${format.date(at)} or later`), 'before that'],
    },
    { name: 'Frequency', rule: 'orders', words: [...frequency.toReversed().map((n) => `more than ${format.number(n)}`), 'up to that'] },
    {
      name: 'Money',
      rule: 'spent in all, refunds taken off',
      words: [...money.toReversed().map((sum) => `more than ${format.money(minorToMajor(sum, currency))}`), 'up to that'],
    },
  ]
  return (
    <Panel title="Score thresholds">
      <div className={styles.scroll} role="region" aria-label="Score thresholds" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Score</th>
              {columns.map(({ name, rule }) => (
                <th key={name} scope="col">
                  {name} <span className="dim">({rule})</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[5, 4, 3, 2, 1].map((score, row) => (
              <tr key={score}>
                <th scope="row">{score}</th>
                {columns.map(({ name, words }) => (
                  <td key={name}>{words[row]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.note}>
        The first line that holds counts. A score is by fifths of all buyers: frequency and money are one more for each fifth that somebody
        surpasses, recency is one less for each fifth that ordered later. Equals have equal scores, so that where many have the same figure,
        as with one order, some scores are nobody’s.
      </p>
    </Panel>
  )
}

function Nobody({ hour, zone }: { readonly hour: number; readonly zone: string }) {
  return (
    <Empty
      title="Nobody has ordered yet"
      action={
        <Button component={Link} to="/imports/new">
          Import past orders
        </Button>
      }
    >
      Scores are computed from the events “Order Completed” as soon as there are some, and from then on each day at{' '}
      {String(hour).padStart(2, '0')}:00, shop time ({zone}).
    </Empty>
  )
}
