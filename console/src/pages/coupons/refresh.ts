import { queryClient } from '../../api/queries.ts'

/** Asks again what a change of a pool may have changed. */
export async function refreshPools(): Promise<void> {
  await Promise.all(
    ['couponPools', 'couponPool', 'givenCodes', 'overview'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })),
  )
}
