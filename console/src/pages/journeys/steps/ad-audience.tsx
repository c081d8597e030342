import { IconTargetArrow } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StepOf } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { NamedField } from '../../segments/editors/parts/named-field.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadNext, oneWay } from './ways.ts'

type AdAudienceStep = StepOf<'ad-audience'>

function Fields({ step, onChange }: StepFieldsProps<AdAudienceStep>) {
  const audiences = useQuery({ ...ask('adAudiences', { query: {} }), staleTime: 30_000 })
  const kept = audiences.data?.items.filter(({ list }) => list !== null)
  return (
    <>
      <Sentence>
        <Pick
          label="What"
          value={step.change}
          options={[
            ['add', 'Puts the person into'],
            ['remove', 'Takes the person out of'],
          ]}
          onChange={(change) => onChange({ ...step, change })}
        />
        <NamedField
          label="Ad audience"
          what="ad audience"
          value={step.audience}
          items={kept}
          onChange={(audience) => onChange({ ...step, audience })}
        />
      </Sentence>
      {kept?.length === 0 ? (
        <p className="soft">
          There is no ad audience with members of its own yet. <Link to="/ad-audiences">Make one under Ad audiences</Link>; it can be chosen
          here then.
        </p>
      ) : null}
      <p className="soft">Who has not agreed to ads is kept in it, and left out of what the platform is told until they do.</p>
    </>
  )
}

/** Puts the person into an ad audience, or takes them out of it. */
export const adAudienceEditor: StepEditor<AdAudienceStep> = {
  shelf: 'Do something',
  title: 'Change an ad audience',
  hint: 'show them ads on Google or Facebook, or no more',
  also: 'retargeting remarketing facebook instagram google meta customer match custom audience suppress',
  Icon: IconTargetArrow,
  tone: 'do',
  make: () => ({ kind: 'ad-audience', audience: '', change: 'add' }),
  ways: oneWay,
  lead: leadNext,
  sentence: ({ audience, change }) =>
    `${change === 'add' ? 'Puts into' : 'Takes out of'} the ad audience ${audience === '' ? '…' : `“${audience}”`}`,
  Fields,
}
