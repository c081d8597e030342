import { formLimits, formPlaces, type FormBody, type FormField } from '@throughline/contracts'
import { escapeHtml } from '../platform/http/index.ts'

/**
 * The HTML that a page of the shop holds for a form: works as it stands, and in place with the script at its end.
 * @param baseUrl under which browsers reach this server
 */
export function snippetOf(id: string, { fields, consents }: FormBody, baseUrl: string): string {
  const base = baseUrl.replace(/\/+$/, '')
  const words = consents.filter(({ field, wording }) => field === undefined && wording !== '').map(({ wording }) => wording)
  return [
    `<form action="${escapeHtml(`${base}/v1/forms/${id}`)}" method="post" data-throughline-form="${id}">`,
    ...fields.map((field) => `  <p>${labelled(field)}</p>`),
    ...words.map((wording) => `  <p>${escapeHtml(wording)}</p>`),
    `  <p hidden><label>Leave this empty <input name="${formPlaces.trap}" tabindex="-1" autocomplete="off"></label></p>`,
    '  <button>Send</button>',
    '</form>',
    `<script src="${escapeHtml(`${base}/v1/forms.js`)}" defer></script>`,
  ].join('\n')
}

const inputs: { readonly [T in Exclude<FormField['type'], 'long-text' | 'choice'>]: string } = {
  email: `type="email" autocomplete="email" maxlength="254"`,
  phone: `type="tel" autocomplete="tel" placeholder="+49 30 123456"`,
  text: `maxlength="${formLimits.text}"`,
  number: 'type="number" step="any"',
  date: 'type="date"',
  checkbox: 'type="checkbox"',
}

function labelled({ name, label, type, required, options = [] }: FormField): string {
  const text = escapeHtml(label)
  const same = `name="${name}"${required ? ' required' : ''}`
  switch (type) {
    case 'checkbox':
      return `<label><input ${same} ${inputs.checkbox}> ${text}</label>`
    case 'long-text':
      return `<label>${text} <textarea ${same} maxlength="${formLimits.longText}"></textarea></label>`
    case 'choice':
      return `<label>${text} <select ${same}><option value=""></option>${options.map((one) => `<option>${escapeHtml(one)}</option>`).join('')}</select></label>`
    default:
      return `<label>${text} <input ${same} ${inputs[type]}></label>`
  }
}
