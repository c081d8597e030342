import type { Problem } from '@throughline/contracts'
import { escapeHtml, plainPage } from '../platform/http/index.ts'

/** After a plain form was submitted. */
export function thanksPage(thanks: string): string {
  return plainPage(thanks, '')
}

/** What is wrong with a plain form that was submitted. @param back the page of the form, where it is known */
export function refusedPage(message: string, problems: readonly Problem[], back: string | null): string {
  const list =
    problems.length === 0
      ? `<p>${escapeHtml(message)}</p>`
      : `<ul>${problems.map((one) => `<li>${escapeHtml(one.message)}</li>`).join('')}</ul>`
  return plainPage(
    'This could not be sent',
    `${list}${back === null ? '<p>Please go back and try again.</p>' : `<p><a href="${escapeHtml(back)}">Back to the form</a></p>`}`,
  )
}

/** Behind the link of a confirmation: programs follow links, so only the button confirms. */
export function askPage(question: string, button: string): string {
  return plainPage(question, `<form method="post"><button>${escapeHtml(button)}</button></form>`)
}

/** What stands behind a link that confirms nothing any more. */
export function expiredPage(): string {
  return plainPage('This link has expired', '<p>Please fill in the form once more, and we send you another one.</p>')
}
