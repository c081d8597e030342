import type { Form } from '@throughline/contracts'
import { queryClient } from '../../api/queries.ts'

/** Asks again what a change of a form may have changed. */
export async function refreshForms(): Promise<void> {
  await Promise.all(['forms', 'form', 'formSubmissions'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })))
}

/** How many of those who were asked have confirmed, as `73 %`. */
export function shareOf({ asked, confirmed }: Pick<Form, 'asked' | 'confirmed'>): string {
  return `${Math.round((100 * confirmed) / asked)} %`
}
