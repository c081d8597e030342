import type { AdAudience } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'

/** How platforms are called, with the list that they take. */
export const platformNames: { readonly [P in AdAudience['platform']]: string } = {
  google: 'Google, Customer Match',
  meta: 'Meta, customer list',
}

/** Asks again what a change of an ad audience may have changed. */
export async function refreshAudiences(): Promise<void> {
  await Promise.all(['adAudiences', 'adAudience', 'lists'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
}

/** Brings a deleted ad audience back. */
export async function restoreAudience(id: string): Promise<AdAudience> {
  const restored = await call('restoreAdAudience', { params: { id } })
  await refreshAudiences()
  return restored
}

/** How a restored one is back. */
export const audienceIsBack = 'with its people; an address to fetch it from is made anew'
