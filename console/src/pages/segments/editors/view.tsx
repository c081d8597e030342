import { eventNames } from '@throughline/contracts'
import type { PageCondition, ScreenCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { CountingFields, DidField, withCounting } from './parts/counting.tsx'
import { TextField } from './parts/fields.tsx'
import { AddFilter, PropertyFilters, withFilters } from './parts/property-filters.tsx'
import { WindowField, withWindow } from './parts/window.tsx'
import { Sentence } from './parts/words.tsx'

type ViewCondition = PageCondition | ScreenCondition

function ViewEditor<C extends ViewCondition>({ condition, onChange, isWrong }: EditorProps<C>) {
  const what = condition.kind === 'page' ? 'page' : 'screen'
  const count = (next: Pick<ViewCondition, 'times' | 'count'>): void => onChange(withCounting(condition, next))
  const named = (name: string): void => {
    const { name: _, ...rest } = condition
    onChange({ ...rest, ...(name !== '' && { name }) } as C)
  }
  return (
    <>
      <Sentence>
        <DidField value={condition} did={`viewed the ${what}`} didNot={`did not view the ${what}`} onChange={count} />
        <TextField
          label={`Name of the ${what}`}
          placeholder={`any ${what}`}
          value={condition.name ?? ''}
          wrong={isWrong('name')}
          onChange={named}
        />
        <CountingFields value={condition} isWrong={isWrong} onChange={count} />
        <WindowField value={condition} isWrong={isWrong} onChange={(window) => onChange(withWindow(condition, window))} />
        <AddFilter filters={condition.where} onChange={(where) => onChange(withFilters(condition, where))} />
      </Sentence>
      <PropertyFilters
        event={condition.kind === 'page' ? eventNames.pageViewed : eventNames.screenViewed}
        filters={condition.where}
        isWrong={isWrong}
        onChange={(where) => onChange(withFilters(condition, where))}
      />
    </>
  )
}

/** Pages of the shop that were looked at. */
export const pageEditor: ConditionEditor<PageCondition> = {
  choices: [
    {
      shelf: 'Bought or did something',
      title: 'Viewed a page',
      hint: 'the page “Sale” at least 3 times in the last 7 days',
      also: 'visited website url',
      make: () => ({ kind: 'page', times: { op: 'at-least', n: 1 }, within: '7 days' }),
    },
  ],
  Editor: ViewEditor<PageCondition>,
}

/** Screens of the app that were looked at. */
export const screenEditor: ConditionEditor<ScreenCondition> = {
  choices: [
    {
      shelf: 'Bought or did something',
      title: 'Viewed a screen of the app',
      hint: 'any screen in the last 30 days',
      also: 'app mobile opened',
      make: () => ({ kind: 'screen', times: { op: 'at-least', n: 1 }, within: '30 days' }),
    },
  ],
  Editor: ViewEditor<ScreenCondition>,
}
