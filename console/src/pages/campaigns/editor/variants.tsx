import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { CampaignWinner } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { metricWords } from '../../../format/campaign-words.ts'
import { Panel } from '../../../ui/panel.tsx'
import { DurationField, NumberField, Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import type { PartProps } from './audience.tsx'
import { mostVariants, usualWinner, withVariant } from './variants-draft.ts'
import type { VariantDraft, VariantsDraft } from './variants-draft.ts'
import styles from './editor.module.css'

const otherwiseWords: Record<CampaignWinner['otherwise'], string> = {
  ask: 'nothing until a person chooses',
  first: 'the first variant',
  ahead: 'the variant that is ahead',
}
const pairs = <K extends string>(words: Record<K, string>) => (Object.keys(words) as K[]).map((key) => [key, words[key]] as const)

/** Whether several messages are compared, who gets nothing, and how the best one is chosen. */
export function VariantFields({ draft, change, wrong }: PartProps) {
  const { compared } = draft
  const { variants, holdOut, winner } = compared
  const set = (part: Partial<VariantsDraft>): void => change({ compared: { ...compared, ...part } })
  return (
    <Panel title="Variants and hold-out">
      <div className={styles.fields} data-part="variants">
        <Sentence>
          <span>Those who get it get</span>
          <Pick
            label="How many messages"
            value={variants.length === 0 ? 'one' : 'several'}
            options={[
              ['one', 'the message above'],
              ['several', 'one of several messages, by chance'],
            ]}
            onChange={(how) => set(how === 'one' ? { variants: [], winner: null } : { variants: withVariant(withVariant([])) })}
          />
        </Sentence>
        {variants.length === 0 ? null : <Variants variants={variants} draft={draft} onChange={(next) => set({ variants: next })} />}
        {variants.length === 0 ? null : <Winner winner={winner} onChange={(next) => set({ winner: next })} />}
        <Sentence>
          <Pick
            label="Who is held out"
            value={holdOut === null ? 'nobody' : 'some'}
            options={[
              ['nobody', 'Nobody is held out'],
              ['some', 'Some get nothing, to see what the campaign adds:'],
            ]}
            onChange={(how) => set({ holdOut: how === 'nobody' ? null : 10 })}
          />
          {holdOut === null ? null : (
            <>
              <NumberField
                label="Per cent held out"
                value={holdOut}
                wrong={wrong !== undefined && Number.isNaN(holdOut)}
                onChange={(percent) => set({ holdOut: percent })}
              />
              <span>% of the audience</span>
            </>
          )}
        </Sentence>
        {wrong === undefined ? null : <p className={styles.wrong}>{wrong}</p>}
      </div>
    </Panel>
  )
}

interface VariantsProps {
  readonly draft: PartProps['draft']
  readonly variants: readonly VariantDraft[]
  readonly onChange: (variants: readonly VariantDraft[]) => void
}

function Variants({ variants, draft, onChange }: VariantsProps) {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const templates = (definitions.data?.items ?? []).flatMap(({ definition }) =>
    definition.kind === 'template' && definition.channel === draft.channel ? [definition] : [],
  )
  const total = variants.reduce((sum, { weight }) => sum + (weight > 0 ? weight : 0), 0)
  const replace = (at: number, part: Partial<VariantDraft>): void =>
    onChange(variants.map((one, index) => (index === at ? { ...one, ...part } : one)))
  return (
    <div>
      {variants.map(({ name, template, weight }, index) => (
        <Line key={index}>
          <TextField
            label={`Name of variant ${index + 1}`}
            value={name}
            placeholder="Name"
            onChange={(next) => replace(index, { name: next })}
          />
          <span>with</span>
          <Pick
            label={`Template of variant ${index + 1}`}
            value={template}
            options={[
              ['', 'the message above'],
              ...(template === '' || templates.some(({ id }) => id === template) ? [] : [[template, template] as const]),
              ...templates.filter(({ id }) => id !== draft.template).map(({ id, name: words }) => [id, words] as const),
            ]}
            onChange={(next) => replace(index, { template: next })}
          />
          <span>by weight</span>
          <NumberField label={`Weight of variant ${index + 1}`} value={weight} onChange={(next) => replace(index, { weight: next })} />
          <span className="dim num">{weight > 0 ? `${Math.round((weight / total) * 100)} %` : ''}</span>
          <Button
            variant="subtle"
            size="xs"
            onClick={() => onChange(variants.filter((_, at) => at !== index))}
            aria-label={`Remove variant ${index + 1}`}
          >
            Remove
          </Button>
        </Line>
      ))}
      {variants.length >= mostVariants ? null : (
        <Button variant="subtle" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange(withVariant(variants))}>
          Add a variant
        </Button>
      )}
    </div>
  )
}

function Winner({
  winner,
  onChange,
}: {
  readonly winner: CampaignWinner | null
  readonly onChange: (winner: CampaignWinner | null) => void
}) {
  return (
    <div>
      <Sentence>
        <Pick
          label="How it ends"
          value={winner === null ? 'split' : 'winner'}
          options={[
            ['split', 'Everybody gets one of them'],
            ['winner', 'Some get one of them, and the rest gets the best one'],
          ]}
          onChange={(how) => onChange(how === 'split' ? null : usualWinner)}
        />
      </Sentence>
      {winner === null ? null : (
        <>
          <Line>
            <NumberField
              label="Per cent in the test"
              value={winner.testPercent}
              onChange={(testPercent) => onChange({ ...winner, testPercent })}
            />
            <span>% of the audience get the test; after</span>
            <DurationField
              label="Time until the winner is chosen"
              value={winner.after}
              onChange={(after) => onChange({ ...winner, after })}
            />
            <span>the rest gets the one that</span>
            <Pick label="What decides" value={winner.by} options={pairs(metricWords)} onChange={(by) => onChange({ ...winner, by })} />
          </Line>
          <Line>
            <span>If they tie, or are too few to say, the rest gets</span>
            <Pick
              label="On a tie or with too few"
              value={winner.otherwise}
              options={pairs(otherwiseWords)}
              onChange={(otherwise) => onChange({ ...winner, otherwise })}
            />
          </Line>
        </>
      )}
    </div>
  )
}
