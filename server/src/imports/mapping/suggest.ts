import type { FileSettings, ImportKind, ImportTarget, MappedColumn } from '@throughline/contracts'
import { importTargetsOf } from '@throughline/contracts'
import { detectType } from '../detect/values.ts'
import type { Sample } from '../detect/sniff.ts'

/** Names of columns, in small letters without anything between, that say what a column is; the first that fits wins. */
const names: readonly (readonly [ImportTarget, RegExp])[] = [
  ['address', /^(address|e?mail(address)?|emailadresse|recipient)$/],
  ['email', /^(customer|contact|primary|billing)?e?mail(address|adresse)?1?$/],
  ['phone', /^(mobile|phone|cell|telephone|telefon|handy)(phone)?(number|nummer)?$/],
  [
    'user_id',
    /^((user|customer|client|member|contact|person|external|account|shop|kunden?)(id|number|no|nr|nummer|key)|id|uid|recordid|externalid)$/,
  ],
  ['anonymous_id', /^(anonymous|device|visitor|cookie|client)id$/],
  ['order_id', /^(order|invoice|bestell|receipt|transaction)(id|number|no|nr|nummer|name)?$/],
  ['message_id', /^(message|event|dedupe|insert)id$/],
  ['event', /^(event|eventname|action|activity|metric)$/],
  ['email_opt_out', /^((has)?opted?outof(all)?e?mail|unsubscribedfromall(e?mail)?|emailoptout|optedout|unsubscribed|donotemail)$/],
  [
    'email_consent',
    /^(e?mail(marketing)?(consent|status|subscription|optin)|acceptsmarketing|acceptse?mailmarketing|newsletter|subscribed|optin)$/,
  ],
  ['state', /^(state|status|consent|subscription|subscribed|optin|emailconsent|emailmarketingconsent|acceptsmarketing)$/],
  ['channel', /^(channel|medium)$/],
  ['topic', /^(topic|category|subscriptiontype)$/],
  ['wording', /^(wording|consenttext|text)$/],
  ['reason', /^(reason|type|status|cause)$/],
  ['total', /^(order)?(total|amount|grandtotal|totalprice|ordervalue|sum|value|gesamt(betrag|summe)?)$/],
  ['revenue', /^(revenue|subtotal|net(total)?)$/],
  ['shipping', /^(shipping|shippingcost|delivery|versand)$/],
  ['tax', /^(tax|taxes|vat|mwst)$/],
  ['discount', /^(discount|discountamount|rabatt)$/],
  ['currency', /^(currency|currencycode|waehrung|währung)$/],
  ['coupon', /^(coupon|couponcode|discountcode|voucher|gutschein)$/],
  ['sku', /^(sku|productid|itemid|articlenumber|article|stockcode|lineitemsku|artikelnummer|variantid)$/],
  ['product', /^(product|productname|itemname|title|description|lineitemname|artikel|name)$/],
  ['quantity', /^(quantity|qty|count|lineitemquantity|menge|anzahl)$/],
  ['price', /^(price|unitprice|itemprice|lineitemprice|einzelpreis|preis)$/],
  [
    'time',
    /^(time|timestamp|date|datetime|at|occurredat|createdat|created|orderdate|invoicedate|processedat|paidat|eventtime|eventdate|datum|updatedat|lastmodified(date)?|consentdate|consenttimestamp|unsubscribedate|unsubscribedat)$/,
  ],
]

// What a person's row was made at is no time of what it says; only a change is.
const personTime = /^(updatedat|lastmodified(date)?|modifiedat|lastupdated)$/

/** What every column most likely is: by its name, else a trait or property of the type that its values have. */
export function suggestColumns(kind: ImportKind, sample: Sample, file: FileSettings): MappedColumn[] {
  const { takes } = importTargetsOf[kind]
  const used = new Set<ImportTarget>()
  const rest = takes.includes('trait') ? 'trait' : takes.includes('property') ? 'property' : 'ignore'
  return sample.columns.map((column, at): MappedColumn => {
    const plain = column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
    const found = names.find(
      ([target, pattern]) =>
        takes.includes(target) && !used.has(target) && (target === 'time' && kind === 'people' ? personTime : pattern).test(plain),
    )
    if (found !== undefined) {
      used.add(found[0])
      return { column, to: found[0] }
    }
    if (rest === 'ignore') return { column, to: rest }
    const cells = sample.rows.map((row) => row.cells[at] ?? null)
    return { column, to: rest, name: nameOf(column), type: detectType(column, cells, file) }
  })
}

/** The usual way to write names of traits: `First Name` and `firstName` become `first_name`. */
export function nameOf(column: string): string {
  const plain = column
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.]+/gu, '_')
    .replace(/^[_.]+|[_.]+$/g, '')
  return plain === '' ? column : plain
}
