import { IconTicket } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { PathBlock } from './parts/path-block.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { withKey } from './ways.ts'

type Coupon = StepOf<'coupon'>

function Fields({ step, onChange, way }: StepFieldsProps<Coupon>) {
  const format = useFormat()
  const pools = useQuery({ ...ask('couponPools', { query: {} }), staleTime: 30_000 })
  const chosen = pools.data?.items.find(({ id }) => id === step.pool)
  return (
    <>
      <Sentence>
        <span>Takes a code out of</span>
        <NamedField
          label="Pool"
          what="pool of codes"
          value={step.pool}
          items={pools.data?.items}
          onChange={(pool) => onChange({ ...step, pool })}
        />
        <Pick
          label="How often"
          value={step.per}
          options={[
            ['person', 'one for each person, who keeps it'],
            ['run', 'another one each time they come in'],
          ]}
          onChange={(per) => onChange({ ...step, per })}
        />
      </Sentence>
      {pools.data?.items.length === 0 ? (
        <p className="soft">
          There is no pool of codes yet. <Link to="/coupons">Make one under Coupons</Link>; it can be chosen here then.
        </p>
      ) : null}
      {chosen === undefined ? null : (
        <p className="soft">
          {counted(format, chosen.free, 'code', 'codes')} left
          {chosen.expires === null ? '' : `, good until ${format.calendarDay(chosen.expires)}`}.
        </p>
      )}
      <p className="soft">
        Later messages say it as <code className="mono">{'{{ answers.STEP.code }}'}</code>, and what it is worth as{' '}
        <code className="mono">{'{{ answers.STEP.value }}'}</code>.
      </p>
      <PathBlock title="Given a code" way={way('next')} />
      <PathBlock title="No code left" way={way('otherwise')} />
    </>
  )
}

/** Takes a code out of a pool. */
export const couponEditor: StepEditor<Coupon> = {
  shelf: 'Do something',
  title: 'Give a coupon code',
  hint: 'give each person a code of their own out of a pool',
  also: 'voucher discount promo code pool gift',
  Icon: IconTicket,
  tone: 'do',
  make: () => ({ kind: 'coupon', pool: '', per: 'person' }),
  ways: ({ next, otherwise }) => [
    { port: 'next', to: next, when: 'given a code' },
    { port: 'otherwise', to: otherwise, when: 'no code left' },
  ],
  lead: (step, port, to) => withKey(step, port === 'otherwise' ? 'otherwise' : 'next', to),
  sentence: ({ pool, per }) =>
    `Gives a code of ${pool === '' ? '…' : `“${pool}”`}, ${per === 'person' ? 'one for each person' : 'another one each time'}`,
  Fields,
}
