import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { CampaignLearn, CampaignWinner } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { learnMetricWords, metricWords } from '../../../format/campaign-words.ts'
import { Panel } from '../../../ui/panel.tsx'
import { DurationField, NumberField, Pick, TextField } from '../../segments/editors/parts/fields.tsx'
import { Line, Sentence } from '../../segments/editors/parts/words.tsx'
import type { PartProps } from './audience.tsx'
import { mostVariants, usualLearn, usualWinner, withVariant } from './variants-draft.ts'
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
  const { variants, holdOut, winner, learn } = compared
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
            onChange={(how) =>
              set(how === 'one' ? { variants: [], winner: null, learn: null } : { variants: withVariant(withVariant([])) })
            }
          />
        </Sentence>
        {variants.length === 0 ? null : <Variants variants={variants} draft={draft} onChange={(next) => set({ variants: next })} />}
        {variants.length === 0 ? null : <Ending winner={winner} learn={learn} onChange={set} />}
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
          {draft.compared.learn === null ? (
            <>
              <span>by weight</span>
              <NumberField label={`Weight of variant ${index + 1}`} value={weight} onChange={(next) => replace(index, { weight: next })} />
              <span className="dim num">{weight > 0 ? `${Math.round((weight / total) * 100)} %` : ''}</span>
            </>
          ) : null}
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

/** What comes of the comparison: nothing, a winner for the rest, or weights that are learned. */
function Ending({
  winner,
  learn,
  onChange,
}: {
  readonly winner: CampaignWinner | null
  readonly learn: CampaignLearn | null
  readonly onChange: (ending: Pick<VariantsDraft, 'winner' | 'learn'>) => void
}) {
  const setWinner = (next: CampaignWinner): void => onChange({ winner: next, learn: null })
  return (
    <div>
      <Sentence>
        <Pick
          label="How it ends"
          value={learn !== null ? 'learn' : winner === null ? 'split' : 'winner'}
          options={[
            ['split', 'Everybody gets one of them'],
            ['winner', 'Some get one of them, and the rest gets the best one'],
            ['learn', 'All get one of them, more and more the better'],
          ]}
          onChange={(how) => onChange({ winner: how === 'winner' ? usualWinner : null, learn: how === 'learn' ? usualLearn : null })}
        />
      </Sentence>
      {winner === null ? null : (
        <>
          <Line>
            <NumberField
              label="Per cent in the test"
              value={winner.testPercent}
              onChange={(testPercent) => setWinner({ ...winner, testPercent })}
            />
            <span>% of the audience get the test; after</span>
            <DurationField
              label="Time until the winner is chosen"
              value={winner.after}
              onChange={(after) => setWinner({ ...winner, after })}
            />
            <span>the rest gets the one that</span>
            <Pick label="What decides" value={winner.by} options={pairs(metricWords)} onChange={(by) => setWinner({ ...winner, by })} />
          </Line>
          <Line>
            <span>If they tie, or are too few to say, the rest gets</span>
            <Pick
              label="On a tie or with too few"
              value={winner.otherwise}
              options={pairs(otherwiseWords)}
              onChange={(otherwise) => setWinner({ ...winner, otherwise })}
            />
          </Line>
        </>
      )}
      {learn === null ? null : <Learning learn={learn} onChange={(next) => onChange({ winner: null, learn: next })} />}
    </div>
  )
}

function Learning({ learn, onChange }: { readonly learn: CampaignLearn; readonly onChange: (learn: CampaignLearn) => void }) {
  return (
    <>
      <Line>
        <span>The better one is the one that</span>
        <Pick
          label="What weights are learned by"
          value={learn.by}
          options={pairs(learnMetricWords)}
          onChange={(by) => onChange({ ...learn, by })}
        />
        <span>within</span>
        <DurationField label="Time to answer" value={learn.within} onChange={(within) => onChange({ ...learn, within })} />
        <span>of getting it.</span>
      </Line>
      <Line>
        <span>They are weighed anew every</span>
        <DurationField label="Time between weighings" value={learn.every} onChange={(every) => onChange({ ...learn, every })} />
        <span>and each keeps</span>
        <NumberField label="Per cent that each keeps" value={learn.floor} onChange={(floor) => onChange({ ...learn, floor })} />
        <span>% at least.</span>
      </Line>
    </>
  )
}
