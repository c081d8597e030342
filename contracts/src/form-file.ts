import { z } from 'zod'
import { consentChannels } from './api/people.ts'
import { durationSchema, durationToMs } from './duration.ts'
import { definitionIdSchema } from './id.ts'

/** What a field of a form asks for. */
export const formFieldTypes = ['email', 'phone', 'text', 'long-text', 'number', 'date', 'checkbox', 'choice'] as const
export type FormFieldType = (typeof formFieldTypes)[number]

/** Names in a submission that say something about it and are no field; the last one is a trap that people never see. */
export const formPlaces = {
  form: 'form_id',
  message: 'message_id',
  anonymous: 'anonymous_id',
  page: 'page_url',
  trap: 'website_url',
} as const
const taken: readonly string[] = Object.values(formPlaces)

/** How long what somebody types may be, in characters. */
export const formLimits = { text: 500, longText: 5_000, fields: 40, bodyBytes: 64 * 1024 } as const

const fieldName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,49}$/, 'small letters, digits and underscores, at most 50, such as "first_name"')
  .refine((name) => !taken.includes(name), { error: `a name other than ${taken.join(', ')}` })

const fieldSchema = z.strictObject({
  name: fieldName,
  /** What people read beside it. */
  label: z.string().trim().min(1).max(500),
  type: z.enum(formFieldTypes).default('text'),
  required: z.boolean().default(false),
  /** What may be chosen. */
  options: z.array(z.string().trim().min(1).max(200)).min(1).max(200).optional(),
  /** The trait that it sets. An e-mail address and a phone number also say who somebody is, and are the traits of these names. */
  trait: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'letters, digits and underscores, such as "first_name"')
    .optional(),
})
export type FormField = z.infer<typeof fieldSchema>

const pageAddress = z.url({ protocol: /^https?$/, error: 'an address that begins with https:// or http://' }).max(2_000)

/** What people agree to by submitting the form, or by ticking a box of it. */
const consentSchema = z.strictObject({
  channel: z.enum(consentChannels),
  topic: z.string().max(100).default(''),
  /** The words that stood beside it, kept as proof. */
  wording: z.string().trim().max(2_000).default(''),
  /** The checkbox that has to be ticked; left out, submitting is enough. */
  field: fieldName.optional(),
})
export type FormConsent = z.infer<typeof consentSchema>

const longest = durationToMs('90 days')

/** A message to the address that was given, and the page behind its link, where somebody confirms that it is theirs. */
const confirmationSchema = z.strictObject({
  /** An e-mail template with `{{ confirm_url }}` in it. */
  template: definitionIdSchema,
  /** How long the link works. */
  validFor: durationSchema.default('7 days').refine((time) => durationToMs(time) > 0 && durationToMs(time) <= longest, {
    error: 'a time of at most 90 days',
  }),
  question: z.string().trim().min(1).max(500).default('Please confirm that this is your e-mail address.'),
  button: z.string().trim().min(1).max(100).default('Confirm'),
  thanks: z.string().trim().min(1).max(500).default('Thank you. Your e-mail address is confirmed.'),
  /** Where people go instead of reading the thanks. */
  redirect: pageAddress.nullable().default(null),
})

/** What is said of a form; see {@link checkForm} for what has to fit together. */
export const formFields = {
  name: z.string().trim().min(1).max(120),
  fields: z.array(fieldSchema).min(1).max(formLimits.fields),
  consents: z.array(consentSchema).max(20).default([]),
  /** Null: what people agree to holds at once. */
  confirmation: confirmationSchema.nullable().default(null),
  /** What people read after submitting it. */
  thanks: z.string().trim().min(1).max(500).default('Thank you.'),
  /** Where a plain form leads after submitting it; null: to a page that says thanks. */
  redirect: pageAddress.nullable().default(null),
}
const formBody = z.strictObject(formFields)
export type FormBody = z.infer<typeof formBody>

/** What does not fit together in a form, said at the field where it can be mended. */
export function checkForm(form: FormBody, context: z.core.$RefinementCtx): void {
  const wrong = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message })
  const { fields, consents, confirmation } = form
  for (const [index, field] of fields.entries()) {
    if (fields.findIndex(({ name }) => name === field.name) < index)
      wrong(['fields', index, 'name'], 'a name that no other field of the form has')
    if (field.type === 'choice' && field.options === undefined) wrong(['fields', index, 'options'], 'at least one thing to choose')
    if (field.type !== 'choice' && field.options !== undefined)
      wrong(['fields', index, 'options'], 'nothing, for a field that is no choice')
    const isAddress = field.type === 'email' || field.type === 'phone'
    if (isAddress && field.trait !== undefined && field.trait !== field.type)
      wrong(['fields', index, 'trait'], `${field.type}, or nothing: it says who somebody is`)
    if (!isAddress && (field.trait === 'email' || field.trait === 'phone'))
      wrong(['fields', index, 'type'], `${field.trait}, for what sets the trait ${field.trait}`)
    if (isAddress && fields.findIndex(({ type }) => type === field.type) < index)
      wrong(['fields', index, 'type'], `one field of the type ${field.type}; another one has it already`)
  }
  const requires = (type: FormFieldType): boolean => fields.some((field) => field.type === type && field.required)
  if (!requires('email') && !requires('phone'))
    wrong(['fields'], 'at least one required field of the type email or phone, since nobody could be told from anybody else')
  if (confirmation !== null && !requires('email'))
    wrong(['confirmation'], 'null, or a required field of the type email: the link is sent there')
  for (const [index, { channel, topic, field }] of consents.entries()) {
    if (field !== undefined && !fields.some(({ name, type }) => name === field && type === 'checkbox'))
      wrong(['consents', index, 'field'], 'the name of a field of the type checkbox, or nothing')
    if (consents.findIndex((one) => one.channel === channel && one.topic === topic) < index)
      wrong(['consents', index, 'channel'], 'a channel and topic that no other consent of the form names')
  }
}

/** A form as a file keeps it. Not a definition: it has no versions, and what it says holds at once. */
export const formFileSchema = z
  .strictObject({ kind: z.literal('form'), id: definitionIdSchema, ...formFields })
  .superRefine(checkForm)
  .meta({ id: 'Form' })
export type FormFile = z.infer<typeof formFileSchema>
