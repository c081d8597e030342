import type { ImportKind, ImportMapping, ImportTarget, MappedColumn } from '@throughline/contracts'

/** A mapping with a name; a file whose columns are its own gets it suggested. */
export interface NamedMapping {
  readonly id: string
  readonly name: string
  readonly kind: ImportKind
  readonly mapping: ImportMapping
  readonly builtIn: boolean
}

type Given = readonly [column: string, to: ImportTarget | `trait:${string}` | `trait:${string}:${NonNullable<MappedColumn['type']>}`]

function makeColumns(given: readonly Given[]): MappedColumn[] {
  return given.map(([column, to]) => {
    const [kind, name, type] = to.split(':') as ['trait' | ImportTarget, string | undefined, MappedColumn['type'] | undefined]
    return { column, to: kind, ...(name !== undefined && { name }), ...(type !== undefined && { type }) }
  })
}

const file = {
  format: 'csv',
  encoding: 'utf-8',
  delimiter: ',',
  header: true,
  decimalMark: '.',
  dateOrder: 'ymd',
  zone: 'UTC',
  currency: 'EUR',
} as const

const make = (id: string, name: string, given: readonly Given[]): NamedMapping => ({
  id,
  name,
  kind: 'people',
  builtIn: true,
  mapping: { file, columns: makeColumns(given) },
})

/**
 * Mappings for what other tools export.
 *
 * HubSpot: the labels of its default contact properties (knowledge.hubspot.com, "HubSpot's default contact properties").
 * Salesforce: field names of the object Contact as Data Loader and the weekly data export write them
 * (developer.salesforce.com, Object Reference, Contact). Klaviyo: columns of an exported list or segment (help.klaviyo.com,
 * "How to export a list or segment").
 */
export const presets: readonly NamedMapping[] = [
  make('hubspot-contacts', 'HubSpot contacts', [
    ['Record ID', 'user_id'],
    ['Email', 'email'],
    ['First Name', 'trait:first_name'],
    ['Last Name', 'trait:last_name'],
    ['Phone Number', 'phone'],
    ['Mobile Phone Number', 'trait:mobile_phone'],
    ['Company Name', 'trait:company'],
    ['Job Title', 'trait:job_title'],
    ['Street Address', 'trait:street'],
    ['City', 'trait:city'],
    ['State/Region', 'trait:region'],
    ['Postal Code', 'trait:postal_code'],
    ['Country/Region', 'trait:country'],
    ['Date of birth', 'trait:birthday:date'],
    ['Gender', 'trait:gender'],
    ['Preferred language', 'trait:language'],
    ['Lifecycle Stage', 'trait:lifecycle_stage'],
    ['Lead Status', 'trait:lead_status'],
    ['Create Date', 'trait:hubspot_created_at:date'],
    ['Last Modified Date', 'time'],
    ['Last Activity Date', 'trait:last_activity_at:date'],
    ['Unsubscribed from all email', 'email_opt_out'],
    ['Marketing contact status', 'trait:marketing_contact_status'],
    ['Contact owner', 'trait:contact_owner'],
    ['Associated Company', 'trait:associated_company'],
    ['Original Source', 'trait:original_source'],
  ]),
  make('salesforce-contacts', 'Salesforce contacts', [
    ['Id', 'user_id'],
    ['AccountId', 'trait:salesforce_account_id'],
    ['Salutation', 'trait:salutation'],
    ['FirstName', 'trait:first_name'],
    ['LastName', 'trait:last_name'],
    ['Email', 'email'],
    ['Phone', 'trait:business_phone'],
    ['MobilePhone', 'phone'],
    ['Title', 'trait:job_title'],
    ['Department', 'trait:department'],
    ['Birthdate', 'trait:birthday:date'],
    ['MailingStreet', 'trait:street'],
    ['MailingCity', 'trait:city'],
    ['MailingState', 'trait:region'],
    ['MailingPostalCode', 'trait:postal_code'],
    ['MailingCountry', 'trait:country'],
    ['LeadSource', 'trait:lead_source'],
    ['Description', 'trait:description'],
    ['HasOptedOutOfEmail', 'email_opt_out'],
    ['DoNotCall', 'trait:do_not_call:yes-no'],
    ['CreatedDate', 'trait:salesforce_created_at:date'],
    ['LastModifiedDate', 'time'],
    ['OwnerId', 'trait:salesforce_owner_id'],
    ['IsDeleted', 'ignore'],
    ['MasterRecordId', 'ignore'],
    ['SystemModstamp', 'ignore'],
    ['CreatedById', 'ignore'],
    ['LastModifiedById', 'ignore'],
  ]),
  make('klaviyo-profiles', 'Klaviyo profiles', [
    ['Email', 'email'],
    ['Klaviyo ID', 'trait:klaviyo_id'],
    ['First Name', 'trait:first_name'],
    ['Last Name', 'trait:last_name'],
    ['Organization', 'trait:company'],
    ['Title', 'trait:job_title'],
    ['Phone Number', 'phone'],
    ['Address', 'trait:street'],
    ['Address 2', 'trait:street_2'],
    ['City', 'trait:city'],
    ['State / Region', 'trait:region'],
    ['Country', 'trait:country'],
    ['Zip Code', 'trait:postal_code'],
    ['Source', 'trait:klaviyo_source'],
    ['IP Address', 'ignore'],
    ['Timezone', 'trait:time_zone'],
    ['First Active', 'trait:first_active_at:date'],
    ['Last Active', 'trait:last_active_at:date'],
    ['Profile Created On', 'trait:klaviyo_created_at:date'],
    ['Date Added', 'trait:klaviyo_added_at:date'],
    ['Last Open', 'trait:last_open_at:date'],
    ['Last Click', 'trait:last_click_at:date'],
    ['Email Marketing Consent', 'email_consent'],
    ['Email Marketing Consent Timestamp', 'ignore'],
    ['Email Suppressions', 'trait:klaviyo_suppressions'],
    ['Email Suppressions Timestamp', 'ignore'],
    ['SMS Marketing Consent', 'trait:sms_consent'],
    ['SMS Marketing Consent Timestamp', 'ignore'],
    ['Historic Customer Lifetime Value', 'trait:lifetime_value:number'],
    ['Predicted Customer Lifetime Value', 'trait:predicted_lifetime_value:number'],
    ['Expected Date Of Next Order', 'trait:expected_next_order:date'],
  ]),
]

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/**
 * The mapping whose columns a file has: at least five of them, most of the file's, and more than any other; of the same
 * number, the shop's own. Null when none fits well.
 */
export function choosePreset(kind: ImportKind, columns: readonly string[], all: readonly NamedMapping[]): NamedMapping | null {
  const there = new Set(columns.map(plain))
  const scored = all
    .filter((one) => one.kind === kind)
    .map((one) => ({ one, hits: one.mapping.columns.filter(({ column }) => there.has(plain(column))).length }))
    .filter(({ one, hits }) => (one.builtIn ? hits >= 5 && hits >= there.size * 0.5 : hits === one.mapping.columns.length))
    .sort((a, b) => b.hits - a.hits || Number(a.one.builtIn) - Number(b.one.builtIn))
  return scored[0]?.one ?? null
}

/** The columns of a file by a named mapping; those that it does not know keep what was suggested. */
export function applyPreset(preset: NamedMapping, suggested: readonly MappedColumn[]): MappedColumn[] {
  const known = new Map(preset.mapping.columns.map((one) => [plain(one.column), one]))
  const given = new Set<ImportTarget>(preset.mapping.columns.map(({ to }) => to))
  return suggested.map((one) => {
    const found = known.get(plain(one.column))
    if (found !== undefined) return { ...found, column: one.column }
    // A target that the mapping gives to another column is not given twice.
    const free = one.to === 'trait' || one.to === 'property' || one.to === 'ignore' || !given.has(one.to)
    return free ? one : { column: one.column, to: 'ignore' }
  })
}
