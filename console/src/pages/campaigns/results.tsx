import { useMemo, useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { CampaignDefinition, CampaignSend, SendGroup, SendResults } from '@throughline/contracts'
import { call } from '../../api/client.ts'
import { ask } from '../../api/queries.ts'
import { counted, minorToMajor } from '../../format/format.ts'
import type { Format } from '../../format/format.ts'
import { shareWords } from '../../format/share-words.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loaded } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.ts'
import { When } from '../../ui/when.tsx'
import { useNames } from '../journeys/use-names.ts'
import type { Names } from '../journeys/steps/step-editor.ts'
import { refreshCampaigns } from './act-on-send.tsx'
import { Weights } from './results-weights.tsx'
import styles from './campaigns.module.css'

interface SendResultsProps {
  readonly send: CampaignSend
  readonly definition: CampaignDefinition
}

/** How the variants of a send do, and choosing one for the rest; nothing where it has neither variants nor people held out. */
export function SendResultsPanel({ send, definition }: SendResultsProps) {
  const has = definition.variants !== undefined || definition.holdOut !== undefined || send.test !== null
  const isBegun = send.startedAt !== null
  const { campaign: id, number } = send
  const query = useQuery({
    ...ask('sendResults', { params: { id, number } }),
    enabled: has && isBegun,
    // People open, click and order long after the last message went out.
    refetchInterval: send.endedAt === null ? 15_000 : 60_000,
  })
  if (!has || !isBegun) return null
  return (
    <Panel title={definition.variants === undefined ? 'What it adds' : 'How the variants do'}>
      {send.test === null ? null : <Standing send={send} test={send.test} />}
      <Loaded query={query} what="how the variants do">
        {(results) => <Groups send={send} results={results} />}
      </Loaded>
    </Panel>
  )
}

function Standing({ send, test }: { readonly send: CampaignSend; readonly test: NonNullable<CampaignSend['test']> }) {
  return (
    <p style={{ marginBottom: 10 }} role="status">
      {test.words}
      {test.decidesAt === null ? null : (
        <>
          {' '}
          It is decided <When at={test.decidesAt} as="stamp" />
          {send.state === 'paused' ? ', once it goes on' : ''}.
        </>
      )}
    </p>
  )
}

function Groups({ send, results }: { readonly send: CampaignSend; readonly results: SendResults }) {
  const format = useFormat()
  const names = useNames()
  const [wish, setWish] = useState<string | null>(null)
  const { campaign: id, number, test } = send
  const canChoose = test?.canChoose === true
  const choose = useMutation({
    mutationFn: (variant: string) => call('chooseVariant', { params: { id, number }, body: { variant } }),
    onSuccess: async () => {
      await refreshCampaigns()
      setWish(null)
      toast('It is chosen. The rest gets it as soon as the test is out.')
    },
  })
  const columns = useMemo(() => columnsOf(results, format, names, canChoose ? setWish : null), [results, format, names, canChoose])
  const { baseline, first, mixed, goal, learned } = results
  return (
    <>
      <DataTable label="Variants" rows={results.groups} columns={columns} rowId={({ kind, name }) => `${kind} ${name}`} />
      <p className={`dim ${styles.note}`}>
        Opens and clicks are of those it was sent to
        {results.groups.some(({ kind, name }) => kind !== 'hold-out' && name !== first) ? `, against “${first}”` : ''}; goal ({goal.event}{' '}
        within {goal.within}) and revenue are of everybody in the group, against{' '}
        {baseline === 'hold-out' ? 'the people held out' : `“${baseline}”`}. Margins are those of 95 of 100 such tests, differences in
        points.
        {mixed === 0 ? '' : ` ${counted(format, mixed, 'person', 'people')} got several, merged out of two: left out.`}
      </p>
      {learned === null ? null : <Weights learned={learned} />}
      <Confirm
        opened={wish !== null}
        title={`Send “${wish ?? ''}” to the rest?`}
        action="Send it to the rest"
        busy={choose.isPending}
        error={choose.error}
        onClose={() => {
          choose.reset()
          setWish(null)
        }}
        onConfirm={() => {
          if (wish !== null) choose.mutate(wish)
        }}
      >
        Everybody in the audience who is not in the test gets this variant, whatever comes of the others. This cannot be taken back; the
        send can be paused or cancelled.
      </Confirm>
    </>
  )
}

function columnsOf(
  { currency }: SendResults,
  format: Format,
  names: Names,
  choose: ((variant: string) => void) | null,
): readonly Column<SendGroup>[] {
  const money = (minor: number): string => format.money(minorToMajor(minor, currency), currency)
  return [
    { id: 'variant', header: 'Variant', primary: true, width: '15%', cell: (group) => <Named group={group} names={names} /> },
    { id: 'people', header: 'People', align: 'right', width: '10%', cell: ({ people }) => format.number(people) },
    {
      id: 'sent',
      header: 'Sent',
      align: 'right',
      width: '10%',
      cell: ({ sent, kind }) => (kind === 'hold-out' ? '–' : format.number(sent)),
    },
    { id: 'opened', header: 'Opened', cell: ({ opened, sent }) => <Rate result={opened} of={sent} format={format} /> },
    { id: 'clicked', header: 'Clicked', cell: ({ clicked, sent }) => <Rate result={clicked} of={sent} format={format} /> },
    { id: 'goal', header: 'Goal', cell: ({ goal, people }) => <Rate result={goal} of={people} format={format} /> },
    {
      id: 'revenue',
      header: 'Revenue a person',
      cell: ({ revenue }) => (
        <>
          {money(revenue.perPerson)}
          {revenue.verdict === null ? null : <Difference words={verdicts[revenue.verdict]} />}
        </>
      ),
    },
    ...(choose === null
      ? []
      : [
          {
            id: 'choose',
            header: 'For the rest',
            cell: ({ kind, name }: SendGroup) =>
              kind === 'variant' ? (
                <Action route="chooseVariant" variant="default" size="xs" onClick={() => choose(name)}>
                  Choose {name}
                </Action>
              ) : null,
          },
        ]),
  ]
}

function Named({ group: { kind, name, template }, names }: { readonly group: SendGroup; readonly names: Names }) {
  switch (kind) {
    case 'hold-out':
      return 'Held out'
    case 'rest':
      return (
        <>
          The rest
          <Difference words={name} />
        </>
      )
    case 'variant':
      return (
        <>
          {name === 'message' ? 'The message' : name}
          {template === null ? null : <Difference words={names.template(template)} />}
        </>
      )
    default:
      return kind satisfies never
  }
}

const verdicts = { 'too-few': 'too few to say', better: 'better', worse: 'worse', 'no-difference': 'no difference shown' } as const

function Rate({ result, of, format }: { readonly result: SendGroup['opened']; readonly of: number; readonly format: Format }) {
  if (result === null) return '–'
  const { difference, verdict } = result
  const points = (share: number): string => `${share < 0 ? '−' : '+'}${format.number(Math.abs(Math.round(share * 1_000) / 10))}`
  return (
    <>
      {shareWords(result.converted, of, format)}
      {verdict === null || difference === null || verdict === 'too-few' ? null : (
        <Difference words={`${points(difference.low)} to ${points(difference.high)}: ${verdicts[verdict]}`} />
      )}
    </>
  )
}

function Difference({ words }: { readonly words: string }) {
  return <span className={`dim ${styles.under}`}>{words}</span>
}
