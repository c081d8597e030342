import { Failure } from '../platform/http/index.ts'

/** What campaigns are refused for; each code is documented in docs/errors.md. */
export class CampaignError extends Failure<
  | 'campaign_unknown'
  | 'campaign_archived'
  | 'campaign_changed'
  | 'campaign_under_way'
  | 'campaign_time_past'
  | 'campaign_properties_invalid'
  | 'campaign_invalid'
  | 'calendar_span'
  | 'send_unknown'
  | 'send_not_possible'
  | 'variant_unknown'
  | 'send_not_over'
  | 'campaign_subject_none'
  | 'campaign_waits'
  | 'approval_none'
  | 'approval_own'
  | 'approval_people_only'
  | 'approval_role'
  | 'approval_outdated'
> {}

export function unknownCampaign(id: string): CampaignError {
  return new CampaignError(
    'not-found',
    'campaign_unknown',
    `There is no campaign "${id}". \`throughline apply\` publishes one from a file.`,
    { field: 'id', value: id },
  )
}

export function unknownSend(campaign: string, number: number): CampaignError {
  return new CampaignError('not-found', 'send_unknown', `The campaign "${campaign}" has no send number ${number}.`, {
    field: 'number',
    value: number,
  })
}
