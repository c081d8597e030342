import { formFileSchema, formPlaces, type FormBody, type FormField, type FormFile } from '@throughline/contracts'

/** What a new form begins with: a newsletter that is confirmed by e-mail once a message for it is chosen. */
export const newForm: FormBody = {
  name: '',
  fields: [{ name: 'email', label: 'E-mail', type: 'email', required: true }],
  consents: [{ channel: 'email', topic: '', wording: '' }],
  confirmation: null,
  thanks: 'Thank you.',
  redirect: null,
}

export const newConfirmation: NonNullable<FormBody['confirmation']> = {
  template: '',
  validFor: '7 days',
  question: 'Please confirm that this is your e-mail address.',
  button: 'Confirm',
  thanks: 'Thank you. Your e-mail address is confirmed.',
  redirect: null,
}

export interface Fault {
  /** A dotted path, such as `fields.0.name`. */
  readonly field: string
  readonly message: string
}

/** The draft as a file, or what keeps it from being one. */
export function readDraft(id: string, draft: FormBody): { readonly file: FormFile | null; readonly faults: readonly Fault[] } {
  const parsed = formFileSchema.safeParse({ kind: 'form', id, ...draft })
  if (parsed.success) return { file: parsed.data, faults: [] }
  return { file: null, faults: parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message: words(message) })) }
}

// Our own messages say what is allowed; those of the library are sentences already.
const words = (message: string): string => (/^[A-Z]/.test(message) ? message : `Allowed: ${message}.`)

/** The name by which a field is sent, made of what people read beside it, and of no other field. */
export function fieldNameOf(label: string, others: readonly FormField[]): string {
  const plain = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 40)
  const base = plain === '' ? 'field' : plain
  const taken = new Set<string>([...others.map(({ name }) => name), ...Object.values(formPlaces)])
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}_${n}`
    if (!taken.has(name)) return name
  }
}
