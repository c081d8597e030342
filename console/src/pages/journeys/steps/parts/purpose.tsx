import type { CampaignDefinition } from '@throughline/contracts'
import { Pick } from '../../../segments/editors/parts/fields.tsx'
import { Line } from '../../../segments/editors/parts/words.tsx'

type Purpose = CampaignDefinition['message']['purpose']

/** Whether a message is marketing, or one that people get without having agreed to any. */
export function PurposeField({ value, onChange }: { readonly value: Purpose; readonly onChange: (purpose: Purpose) => void }) {
  return (
    <Line>
      <Pick
        label="Purpose"
        value={value}
        options={[
          ['marketing', 'as marketing: to those who agreed to it'],
          ['transactional', 'as a service message: needs no consent to marketing'],
        ]}
        onChange={onChange}
      />
    </Line>
  )
}
