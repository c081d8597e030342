import { useState } from 'react'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { CouponPool, RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask, askPages } from '../../api/queries.ts'
import { counted } from '../../format/format.ts'
import { personTitle } from '../../format/person-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { DeletedBar } from '../../ui/deleted-bar.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { PageWithout } from '../../ui/page-without.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Page } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PersonLink } from '../../ui/person.tsx'
import { Empty } from '../../ui/states.tsx'
import { Removal } from '../../ui/removal.tsx'
import { Sum } from '../../ui/sum.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { AddCodes } from './add-codes.tsx'
import { PoolForm } from './pool-form.tsx'
import { refreshPools, restorePool } from './refresh.ts'

type Given = RouteResponse<'givenCodes'>['items'][number]

/** One pool: how many codes are left, and to whom the others went. */
export function CouponPoolPage() {
  const { id } = useParams({ from: '/app/coupons/$id' })
  const format = useFormat()
  const pool = useQuery({ ...ask('couponPool', { params: { id } }), refetchInterval: 15_000 })
  const [open, setOpen] = useState<'add' | 'change' | 'clear' | 'delete' | null>(null)
  const close = (): void => setOpen(null)
  if (pool.data === undefined) return <PageWithout title="Pool of codes" query={pool} what="the pool" />
  const { name, value, free, given, redeemed, unreadable, expires, alertAt, lowSince, usedIn, deletedAt } = pool.data
  const gone = deletedAt === null ? undefined : 'The pool was deleted. Restore it first.'
  const add = (
    <Action route="addCodes" blocked={gone} leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen('add')}>
      Add codes
    </Action>
  )
  const parts = [
    ['left', format.number(free), `told at ${format.number(alertAt ?? 0)}`],
    ['given', format.number(given), 'each to one person'],
    ['redeemed', format.number(redeemed), 'orders carried them'],
    ['good until', expires === null ? 'no end' : format.calendarDay(expires), value === '' ? 'worth is not said' : value],
  ] as const
  return (
    <Page
      title={name}
      lead={
        <>
          <span className="mono">{id}</span>
          {usedIn.length === 0 ? ' · used nowhere' : ` · used in ${usedIn.map((one) => `the ${one.kind} “${one.name}”`).join(', ')}`}
        </>
      }
      actions={
        <>
          {add}
          <Action route="setCouponPool" blocked={gone} variant="default" onClick={() => setOpen('change')}>
            Change
          </Action>
          <Action
            route="removeFreeCodes"
            variant="default"
            blocked={gone ?? (free + unreadable === 0 ? 'No codes are left.' : undefined)}
            onClick={() => setOpen('clear')}
          >
            Remove codes left
          </Action>
          <Action
            route="deleteCouponPool"
            variant="default"
            blocked={gone ?? (usedIn.length > 0 ? 'It is in use. Take it out of what uses it first.' : undefined)}
            onClick={() => setOpen('delete')}
          >
            Delete
          </Action>
        </>
      }
    >
      <DeletedBar
        what="pool"
        name={name}
        at={deletedAt}
        route="restoreCouponPool"
        restore={() => restorePool(id)}
        back="with its codes"
        means="Nobody is given its codes; those that people have stay theirs."
      />
      {lowSince === null || deletedAt !== null ? null : (
        <Panel
          title={free > 0 ? 'The pool runs low' : given + redeemed + unreadable === 0 ? 'The pool has no codes yet' : 'The pool is empty'}
        >
          <p>
            {free === 0
              ? 'Whoever comes to a step that gives its codes goes the way “No code left”.'
              : `${counted(format, free, 'code is', 'codes are')} left.`}{' '}
            Since <When at={lowSince} />. Add codes, or change the number at which you want to know.
          </p>
        </Panel>
      )}
      {unreadable === 0 ? null : (
        <Panel title={`${counted(format, unreadable, 'code', 'codes')} cannot be opened`}>
          <p>
            Damaged, or sealed under another secret key: put aside, so that nobody is given them and the others go out as before. Add the
            same codes again, or let whoever runs the server bring back its key; what opens then is given again within ten minutes.
          </p>
        </Panel>
      )}
      <Sum parts={parts} />
      <Panel title="Given" flush>
        <GivenCodes id={id} />
      </Panel>
      {open === 'add' ? <AddCodes id={id} name={name} close={close} /> : null}
      {open === 'change' ? <PoolForm pool={pool.data} close={close} done={() => toast('The pool is changed.')} /> : null}
      {open === 'clear' ? <RemoveFree pool={pool.data} close={close} /> : null}
      {open === 'delete' ? <DeletePool pool={pool.data} close={close} /> : null}
    </Page>
  )
}

function GivenCodes({ id }: { readonly id: string }) {
  const codes = useInfiniteQuery({ ...askPages('givenCodes', { params: { id }, query: { limit: 50 } }), refetchInterval: 15_000 })
  const columns: readonly Column<Given & { readonly at: number }>[] = [
    {
      id: 'who',
      header: 'Person',
      primary: true,
      cell: ({ person }) =>
        person === null ? <span className="dim">forgotten</span> : <PersonLink id={person.id} name={personTitle(person)} />,
    },
    { id: 'code', header: 'Code', width: '16%', cell: ({ code }) => <span className="mono">{code}</span> },
    {
      id: 'journey',
      header: 'Journey',
      width: '24%',
      cell: ({ journey }) => (
        <Link to="/journeys/$id" params={{ id: journey }}>
          {journey}
        </Link>
      ),
    },
    { id: 'given', header: 'Given', width: '18%', cell: ({ givenAt }) => <When at={givenAt} /> },
    {
      id: 'redeemed',
      header: 'Redeemed',
      width: '18%',
      cell: ({ redeemedAt }) => (redeemedAt === null ? <span className="dim">not yet</span> : <When at={redeemedAt} />),
    },
  ]
  return (
    <Paged
      query={codes}
      what="the codes"
      empty={
        <Empty title="No code was given yet">The step “Give a coupon code” of a live journey gives them, and says here to whom.</Empty>
      }
      end="That is all of them."
    >
      {(items) => (
        <DataTable
          label="Codes that were given"
          rows={items.map((item, at) => ({ ...item, at }))}
          columns={columns}
          rowId={({ at }) => String(at)}
        />
      )}
    </Paged>
  )
}

interface AskProps {
  readonly pool: CouponPool
  readonly close: () => void
}

function RemoveFree({ pool, close }: AskProps) {
  const format = useFormat()
  return (
    <Removal
      title={`Remove what is left in “${pool.name}”`}
      action={`Remove ${counted(format, pool.free + pool.unreadable, 'code', 'codes')}`}
      remove={async () => {
        const { removed } = await call('removeFreeCodes', { params: { id: pool.id } })
        await refreshPools()
        close()
        toast(`${counted(format, removed, 'code is', 'codes are')} removed.`)
      }}
      close={close}
    >
      Codes that nobody was given are removed for good{pool.unreadable === 0 ? '' : ', those that cannot be opened included'}. Those that
      people have stay theirs.
    </Removal>
  )
}

function DeletePool({ pool, close }: AskProps) {
  const navigate = useNavigate()
  return (
    <Removal
      title={`Delete “${pool.name}”`}
      action="Delete the pool"
      remove={async () => {
        await call('deleteCouponPool', { params: { id: pool.id } })
        await navigate({ to: '/coupons' })
        await refreshPools()
        toast(`“${pool.name}” is deleted. It can be restored below.`)
      }}
      close={close}
    >
      Nothing uses it. The codes that people have stay theirs, and the pool can be restored with all of its codes.
    </Removal>
  )
}
