import { Pick } from '../../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../../segments/editors/parts/words.tsx'

interface RankedFieldProps {
  /** Of what there are several: "event". */
  readonly what: string
  /** True: all the time is waited for the first of the list; left out, whichever happens first is taken. */
  readonly ranked: true | undefined
  readonly onChange: (ranked: true | undefined) => void
}

/** Whether the first to happen is taken, or the best. */
export function RankedField({ what, ranked, onChange }: RankedFieldProps) {
  return (
    <Sentence>
      <Pick
        label={`Which ${what} is taken`}
        value={ranked === true ? 'best' : 'first'}
        options={[
          ['first', 'The first to happen is taken'],
          ['best', `The best is taken: waits for the first ${what} below`],
        ]}
        onChange={(choice) => onChange(choice === 'best' ? true : undefined)}
      />
    </Sentence>
  )
}
