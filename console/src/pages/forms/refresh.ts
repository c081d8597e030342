import type { Form } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'

/** Asks again what a change of a form may have changed. */
export async function refreshForms(): Promise<void> {
  await Promise.all(['forms', 'form', 'formSubmissions'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
}

/** How many of those who were asked have confirmed, as `73 %`. */
export function shareOf({ asked, confirmed }: Pick<Form, 'asked' | 'confirmed'>): string {
  return `${Math.round((100 * confirmed) / asked)} %`
}

/** Brings a deleted form back. */
export async function restoreForm(id: string): Promise<Form> {
  const restored = await call('restoreForm', { params: { id } })
  await refreshForms()
  return restored
}
