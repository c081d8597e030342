import { useQuery } from '@tanstack/react-query'
import { channelKinds } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { channelNames } from '../../../format/message-words.ts'
import { Panel } from '../../../ui/panel.tsx'
import { Failure } from '../../../ui/states.tsx'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { PurposeField } from '../../journeys/steps/parts/purpose.tsx'
import type { PartProps } from './audience.tsx'
import { onChannel } from './draft.ts'
import { messagesOf } from './variants-draft.ts'
import { WorstCase } from './worst-case.tsx'
import styles from './editor.module.css'

/** What they get, and how it reads where it reads worst. */
export function ContentFields({ draft, change, wrong }: PartProps) {
  const definitions = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  const templates = (definitions.data?.items ?? []).flatMap(({ definition }) =>
    definition.kind === 'template' && definition.channel === draft.channel ? [definition] : [],
  )
  const messages = messagesOf(draft.template, draft.compared.variants)
  return (
    <Panel title="What they get">
      <div className={styles.fields} data-part="template">
        <div>
          <Sentence>
            <span>By</span>
            <Pick
              label="Channel"
              value={draft.channel}
              options={channelKinds.map((kind) => [kind, channelNames[kind]])}
              onChange={(channel) => change(onChannel(draft, channel))}
            />
            <NamedField
              label="Template"
              what="template"
              value={draft.template}
              items={templates}
              onChange={(template) => change({ template })}
            />
          </Sentence>
          <PurposeField value={draft.purpose} onChange={(purpose) => change({ purpose })} />
        </div>
        {wrong === undefined ? null : <p className={styles.wrong}>{wrong}</p>}
        {definitions.error === null ? null : (
          <Failure error={definitions.error} what="Templates" retry={() => void definitions.refetch()} />
        )}
        {definitions.data !== undefined && templates.length === 0 ? (
          <p className="soft">
            There is no template for {channelNames[draft.channel]} yet. Publish one with <code className="mono">npx throughline apply</code>
            ; it can be chosen here at once.
          </p>
        ) : null}
        {messages.length === 0 ? null : <WorstCase messages={messages} />}
      </div>
    </Panel>
  )
}
