import type { RouteResponse } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'

/** Asks again what a change of a list may have changed. */
export async function refreshList(id: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['lists'] }),
    queryClient.invalidateQueries({ queryKey: ['list', { params: { id } }] }),
    queryClient.invalidateQueries({ queryKey: ['listMembers'] }),
  ])
}

/** Brings a deleted list back. */
export async function restoreList(id: string): Promise<RouteResponse<'restoreList'>> {
  const restored = await call('restoreList', { params: { id } })
  await refreshList(id)
  return restored
}
