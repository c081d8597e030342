import { useEffect, useMemo, useState } from 'react'
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { CampaignSend } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { problemOf } from '../../../api/failure.ts'
import { costWords, reachWords } from '../../../format/campaign-words.ts'
import { useFormat } from '../../../format/use-format.ts'
import { Action } from '../../../ui/action.tsx'
import { DefinitionFile } from '../../../ui/definition-file.tsx'
import { Page } from '../../../ui/page.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { Failure } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.ts'
import { useNames } from '../../journeys/use-names.ts'
import { idOf } from '../../segments/builder/words.ts'
import { refreshCampaigns } from '../act-on-send.tsx'
import { AudienceFields } from './audience.tsx'
import { ContentFields } from './content.tsx'
import { definitionOf, keepDraft, problemsOf } from './draft.ts'
import type { CampaignDraft } from './draft.ts'
import { EstimatePanel } from './estimate.tsx'
import { GoalFields } from './goal-fields.tsx'
import { RampFields } from './ramp-fields.tsx'
import { SendDialog } from './send-dialog.tsx'
import { useEstimate } from './use-estimate.ts'
import type { Estimate } from './use-estimate.ts'
import { VariantFields } from './variants.tsx'
import { WhenFields } from './when-fields.tsx'
import styles from './editor.module.css'

interface EditorProps {
  readonly begin: CampaignDraft
  /** What was kept of a draft in this browser. */
  readonly kept: CampaignDraft | null
  /** The campaign that is edited; null for a new one. */
  readonly id: string | null
  /** Its version; 0 for none. */
  readonly version: number
  /** Ids that a new one cannot have. */
  readonly taken: readonly string[]
  /** A send that is not over: until then there is no other. */
  readonly underWay: Pick<CampaignSend, 'number' | 'state'> | null
}

/** The page on which a campaign is made or changed, estimated, and sent. What is typed stays in this browser until it is saved or sent. */
export function Editor({ begin, kept, id: existing, version, taken, underWay }: EditorProps) {
  const format = useFormat()
  const navigate = useNavigate()
  const names = useNames()
  const [draft, setDraft] = useState(kept ?? begin)
  const [isOld, setIsOld] = useState(kept !== null)
  const [asked, setAsked] = useState(false)
  const [sending, setSending] = useState(false)
  const isDirty = useMemo(() => JSON.stringify(draft) !== JSON.stringify(begin), [draft, begin])
  const [isSaved, setSaved] = useState(false)
  useEffect(
    () => keepDraft(existing, isDirty && !isSaved ? { draft, basedOn: version } : null),
    [existing, version, isDirty, isSaved, draft],
  )

  // Once it is there it keeps its id, also when sending it fails and the list of all has it by then.
  const [published, setPublished] = useState<string | null>(null)
  const id = existing ?? published ?? idOf(draft.name, taken, 'campaign')
  const problems = problemsOf(draft)
  const definition = definitionOf(draft, id)
  const estimate = useEstimate(draft, existing ?? published)
  const change = (part: Partial<CampaignDraft>): void => setDraft((now) => ({ ...now, ...part }))
  const wrong = (field: (typeof problems)[number]['field']): string | undefined =>
    asked ? problems.find((one) => one.field === field)?.words : undefined
  const isByProgram = draft.when.kind === 'api'

  const publish = async (): Promise<number> => {
    if (definition === null) throw new Error('The campaign is not finished.')
    const { results } = await call('applyDefinitions', { body: { definitions: [definition] } })
    setPublished(definition.id)
    return results[0]?.version ?? version
  }
  const over = async (): Promise<void> => {
    setSaved(true)
    await refreshCampaigns()
    await navigate({ to: '/campaigns/$id', params: { id }, search: {} })
  }
  const save = useMutation({
    mutationFn: publish,
    onSuccess: async (saved) => {
      await over()
      toast(saved === version ? 'Nothing had changed, so there is no new version.' : `Saved as version ${saved}. Nothing was sent.`)
    },
  })
  const send = useMutation({
    mutationFn: async () => {
      const saved = await publish()
      if (!isByProgram) await call('sendCampaign', { params: { id }, body: { version: saved } })
    },
    onSuccess: over,
  })
  const go = (what: () => void) => (): void => {
    setAsked(true)
    const first = problems[0]
    if (first === undefined) what()
    else document.querySelector<HTMLElement>(`[data-part="${first.field}"] :is(input, select)`)?.focus()
  }
  const blocked =
    underWay !== null && !isByProgram
      ? `Send ${underWay.number} is ${underWay.state}. Wait for its end, or cancel it on its page first.`
      : problems[0] !== undefined
        ? problems[0].words
        : estimate.counting
          ? 'How many it reaches is being counted.'
          : isPast(estimate, draft)
            ? 'Its time is over. Choose a later one.'
            : undefined
  return (
    <Page
      title={existing === null ? 'New campaign' : `Edit ${begin.name}`}
      lead="Saving sends nothing. After sending there are 30 seconds in which it can be undone."
      actions={
        <>
          {existing === null ? (
            <Button variant="default" component={Link} to="/campaigns">
              Back to the list
            </Button>
          ) : (
            <Button variant="default" renderRoot={(props) => <Link {...props} to="/campaigns/$id" params={{ id: existing }} search={{}} />}>
              Back to the campaign
            </Button>
          )}
          <Action route="applyDefinitions" variant="default" loading={save.isPending} onClick={go(() => save.mutate())}>
            Save without sending
          </Action>
          <Action route="sendCampaign" blocked={blocked} onClick={() => setSending(true)}>
            {sendWords(draft, estimate, format)}
          </Action>
        </>
      }
    >
      {isOld && isDirty ? (
        <div className={styles.bar} role="status">
          <span>What you had typed here before and did not save is back.</span>
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setDraft(begin)
              setIsOld(false)
            }}
          >
            Discard it
          </Button>
        </div>
      ) : null}
      {save.error === null ? null : <Failure error={save.error} />}
      <div className={styles.page}>
        <div className={styles.main}>
          <Panel>
            <div className={styles.names} data-part="name">
              <TextInput
                label="Name"
                placeholder="Spring sale"
                maxLength={120}
                value={draft.name}
                error={wrong('name') ?? problemOf(save.error, 'name')}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <TextInput
                label="What it is for"
                placeholder="Optional"
                maxLength={2_000}
                value={draft.description}
                onChange={(event) => change({ description: event.currentTarget.value })}
              />
            </div>
          </Panel>
          <AudienceFields draft={draft} change={change} wrong={wrong('segment')} />
          <ContentFields draft={draft} change={change} wrong={wrong('template')} />
          <VariantFields draft={draft} change={change} wrong={wrong('variants')} />
          <WhenFields
            draft={draft}
            change={change}
            wrong={wrong('when')}
            wrongSpeed={wrong('perMinute')}
            startsAt={estimate.answer?.startsAt ?? null}
          />
          <RampFields draft={draft} change={change} wrong={wrong('ramp')} />
          <GoalFields draft={draft} change={change} wrong={wrong('goal')} />
          {definition === null ? null : (
            <details className={styles.file}>
              <summary>The same as a file</summary>
              <DefinitionFile definition={definition} />
            </details>
          )}
        </div>
        <div className={styles.side}>
          <EstimatePanel draft={draft} estimate={estimate} isPast={isPast(estimate, draft)} />
        </div>
      </div>
      {definition === null ? null : (
        <SendDialog
          opened={sending}
          definition={definition}
          estimate={estimate.answer}
          names={names}
          action={sendWords(draft, estimate, format)}
          busy={send.isPending}
          error={send.error}
          onClose={() => {
            send.reset()
            setSending(false)
          }}
          onConfirm={() => send.mutate()}
        />
      )}
    </Page>
  )
}

/** Whether its one time lies in the past everywhere. */
function isPast({ answer, counting }: Estimate, { when }: CampaignDraft): boolean {
  return when.kind === 'once' && !counting && answer?.startsAt === null
}

/** What the button does: `Send to 38,110 people · about €96`. */
function sendWords({ when }: CampaignDraft, { answer }: Estimate, format: ReturnType<typeof useFormat>): string {
  if (when.kind === 'api') return 'Let programs send it'
  const verb = when.kind === 'now' ? 'Send' : 'Schedule'
  if (answer === undefined) return verb
  const cost = costWords(answer, format)
  const each = when.kind === 'daily' || when.kind === 'weekly' || when.kind === 'monthly' ? ' each time' : ''
  if (answer.needsApproval) return `Ask for approval: ${reachWords(answer, format)}${cost === null ? '' : ` · ${cost}`}${each}`
  return `${verb} ${when.kind === 'now' ? 'to' : 'for'} ${reachWords(answer, format)}${cost === null ? '' : ` · ${cost}`}${each}`
}
