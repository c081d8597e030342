import type { CouponPool } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'

/** Asks again what a change of a pool may have changed. */
export async function refreshPools(): Promise<void> {
  await Promise.all(
    ['couponPools', 'couponPool', 'givenCodes', 'overview'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })),
  )
}

/** Brings a deleted pool back. */
export async function restorePool(id: string): Promise<CouponPool> {
  const restored = await call('restoreCouponPool', { params: { id } })
  await refreshPools()
  return restored
}
