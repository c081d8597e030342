import { queryClient } from '../../api/queries.ts'

/** Asks again what a change of a list may have changed. */
export async function refreshList(id: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['lists'] }),
    queryClient.invalidateQueries({ queryKey: ['list', { params: { id } }] }),
    queryClient.invalidateQueries({ queryKey: ['listMembers'] }),
  ])
}
