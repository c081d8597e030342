import { inboundChannels, type JourneyEntryOf } from '@throughline/contracts'
import { channelNames } from '../../../format/message-words.ts'
import { Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { withKey } from '../steps/ways.ts'

interface FieldsProps {
  readonly entry: JourneyEntryOf<'inbound'>
  readonly onChange: (next: JourneyEntryOf<'inbound'>) => void
  readonly isWrong: (field: string) => boolean
}

/** Somebody writes to the shop, anything or a keyword. */
export function InboundFields({ entry, onChange, isWrong }: FieldsProps) {
  return (
    <>
      <Sentence>
        <span>by</span>
        <Pick
          label="By which channel"
          value={entry.channel ?? 'any'}
          options={[['any', 'any channel'], ...inboundChannels.map((one) => [one, channelNames[one]] as const)]}
          onChange={(channel) => onChange(withKey(entry, 'channel', channel === 'any' ? undefined : channel))}
        />
        <Pick
          label="What they write"
          value={entry.keywords === undefined ? 'anything' : entry.match}
          options={[
            ['anything', 'anything'],
            ['first-word', 'with the first word'],
            ['whole-text', 'nothing else than'],
          ]}
          onChange={(what) =>
            onChange(
              what === 'anything' ? withKey(entry, 'keywords', undefined) : { ...entry, keywords: entry.keywords ?? [''], match: what },
            )
          }
        />
        {entry.keywords === undefined ? null : (
          <TextField
            label="Keywords"
            placeholder="join, start"
            value={entry.keywords.join(', ')}
            wrong={isWrong('keywords') || entry.keywords.includes('')}
            onChange={(text) => onChange({ ...entry, keywords: text.split(',').map((one) => one.trim()) })}
          />
        )}
      </Sentence>
      <p className="soft">Capitals do not matter. STOP and its like withdraw the consent, and start nothing.</p>
    </>
  )
}
