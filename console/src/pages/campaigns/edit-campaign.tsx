import { useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'
import { isOpen } from '../../format/campaign-words.ts'
import { Page } from '../../ui/page.tsx'
import { Loaded, Pending } from '../../ui/states.tsx'
import { blankDraft, keptDraft, readCampaign } from './editor/draft.ts'
import { Editor } from './editor/editor.tsx'

/** The page on which a campaign is made. */
export function NewCampaign() {
  const campaigns = useQuery({ ...ask('campaigns', {}), staleTime: 30_000 })
  const { data } = campaigns
  if (data === undefined)
    return (
      <Page title="New campaign">
        <Loaded query={campaigns} what="campaigns" pending={<Pending what="campaigns" rows={4} height={90} />}>
          {() => null}
        </Loaded>
      </Page>
    )
  const kept = keptDraft(null, 0)
  return <Editor begin={blankDraft} kept={kept} id={null} version={0} taken={data.items.map(({ id }) => id)} underWay={null} />
}

/** The page on which a campaign is changed, and sent. */
export function EditCampaign() {
  const { id } = useParams({ from: '/app/campaigns/$id/edit' })
  const campaign = useQuery(ask('campaign', { params: { id } }))
  if (campaign.data === undefined)
    return (
      <Page title="Edit the campaign">
        <Loaded query={campaign} what="the campaign" pending={<Pending what="the campaign" rows={4} height={90} />}>
          {() => null}
        </Loaded>
      </Page>
    )
  const { definition, version, sends } = campaign.data
  return (
    <Editor
      key={id}
      begin={readCampaign(definition)}
      kept={keptDraft(id, version)}
      id={id}
      version={version}
      taken={[]}
      underWay={sends.find(({ state }) => isOpen(state)) ?? null}
    />
  )
}
