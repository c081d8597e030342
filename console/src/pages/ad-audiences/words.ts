import type { AdAudience } from '@throughline/contracts'
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
