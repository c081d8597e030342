import { useState } from 'react'
import { NumberInput, TagsInput, TextInput } from '@mantine/core'
import type { CouponPool } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { NameDialog } from '../../ui/name-dialog.tsx'
import { refreshPools } from './refresh.ts'

interface PoolFormProps {
  /** The pool that is changed; left out, a new one is made. */
  readonly pool?: CouponPool
  readonly close: () => void
  readonly done: (pool: CouponPool) => void | Promise<void>
}

/** What is said of a pool besides its codes. */
export function PoolForm({ pool, close, done }: PoolFormProps) {
  const [value, setValue] = useState(pool?.value ?? '')
  const [expires, setExpires] = useState(pool?.expires ?? '')
  const [alertAt, setAlertAt] = useState<number | string>(pool?.alertAt ?? '')
  const [alertTo, setAlertTo] = useState<string[]>(pool?.alertTo ?? [])
  return (
    <NameDialog
      title={pool === undefined ? 'Make a pool of codes' : `Change “${pool.name}”`}
      route={pool === undefined ? 'createCouponPool' : 'setCouponPool'}
      action={pool === undefined ? 'Make the pool' : 'Change the pool'}
      placeholder="Spring, 10 % off"
      initial={pool?.name ?? ''}
      close={close}
      save={async (name) => {
        const body = {
          name,
          value: value.trim(),
          expires: expires === '' ? null : expires,
          alertAt: alertAt === '' ? null : Number(alertAt),
          alertTo,
        }
        const saved =
          pool === undefined ? await call('createCouponPool', { body }) : await call('setCouponPool', { params: { id: pool.id }, body })
        await refreshPools()
        close()
        await done(saved)
      }}
    >
      <TextInput
        label="What a code is worth"
        description="As messages say it. May be left empty."
        placeholder="10 % off"
        maxLength={200}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <TextInput
        label="Good until"
        description="The last day, by the shop’s clocks. From the next day on nobody is given a code."
        type="date"
        value={expires}
        onChange={(event) => setExpires(event.currentTarget.value)}
      />
      <NumberInput
        label="Tell us when so few are left"
        description="Then the pool is marked here and in the navigation, and stands in the audit log. Left empty: when none is left."
        placeholder="100"
        min={0}
        max={1_000_000}
        allowDecimal={false}
        allowNegative={false}
        value={alertAt}
        onChange={setAlertAt}
      />
      <TagsInput
        label="And send a mail to"
        description="E-mail addresses, at most 10; one mail each time the pool comes to so few. Enter adds one."
        placeholder={alertTo.length === 0 ? 'ann@shop.example' : ''}
        maxTags={10}
        value={alertTo}
        onChange={setAlertTo}
        acceptValueOnBlur
      />
    </NameDialog>
  )
}
