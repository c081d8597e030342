import { channelTable, readDate, type CampaignDefinition, type CampaignWhen, type Definition } from '@throughline/contracts'
import { describeOccasion } from '@throughline/engine'

/** A campaign as a sentence: `E-mail “Spring sale” to “VIPs” but not “Buyers of the week”, every Monday at 09:00 by each person’s clocks`. */
export function describeCampaign(
  { message, variants, learn, audience, when }: CampaignDefinition,
  definitions: readonly Definition[],
): string {
  const nameOf = (kind: Definition['kind'], id: string): string =>
    `“${definitions.find((one) => one.kind === kind && one.id === id)?.name ?? id}”`
  const said = (variants ?? [{ template: undefined }]).map(({ template }) => nameOf('template', template ?? message.template)).join(' or ')
  const more = learn === undefined ? '' : `, more and more of what ${learnedBy[learn.by]},`
  const channel = channelTable[message.channel].word
  const whom = audience.segment === undefined ? 'everybody' : nameOf('segment', audience.segment)
  const except = audience.except === undefined ? '' : ` but not ${audience.except.map((id) => nameOf('segment', id)).join(' or ')}`
  return `${channel.charAt(0).toUpperCase()}${channel.slice(1)} ${said}${more} to ${whom}${except}, ${describeWhen(when)}`
}

const learnedBy = { opened: 'people open', clicked: 'people click', goal: 'brings people to the goal' } as const

function describeWhen(when: CampaignWhen): string {
  switch (when.kind) {
    case 'now':
      return 'as soon as it is sent'
    case 'api':
      return 'whenever a program asks for it'
    case 'once':
      return readDate(when.at)?.isInstant === true ? describeOccasion(when) : `${describeOccasion(when)}${clocks(when.zone)}`
    case 'daily':
    case 'weekly':
    case 'monthly':
      return `${describeOccasion(when)}${clocks(when.zone)}`
    default:
      return when satisfies never
  }
}

const clocks = (zone: 'person' | 'shop'): string => (zone === 'person' ? ' by each person’s clocks' : ' by the shop’s clocks')
