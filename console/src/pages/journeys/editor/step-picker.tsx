import { useState } from 'react'
import type { ReactElement } from 'react'
import { Combobox, useCombobox } from '@mantine/core'
import type { Step, StepKind } from '@throughline/contracts'
import { TopOfList } from '../../../ui/top-of-list.tsx'
import { editorOfKind, stepKinds } from '../steps/registry.ts'
import { shelves } from '../steps/step-editor.ts'
import styles from './step-picker.module.css'

const found = (kind: StepKind, search: string): boolean => {
  const { title, hint, also = '', shelf } = editorOfKind(kind)
  return `${title} ${hint} ${also} ${shelf}`.toLowerCase().includes(search.trim().toLowerCase())
}

interface PickerProps {
  /** The button, which is handed what makes it open the list. */
  readonly children: (button: { readonly toggle: () => void; readonly expanded: boolean }) => ReactElement
  readonly onPick: (step: Step) => void
  /** Kinds that cannot stand here. */
  readonly without?: (kind: StepKind) => boolean
  /** What was copied, if it can be put in here. */
  readonly paste?: { readonly words: string; readonly go: () => void } | undefined
}

const pasteValue = ':paste'

/** The list from which a step is chosen, in plain words, that can be searched. */
export function StepPicker({ children, onPick, without = () => false, paste }: PickerProps) {
  const [search, setSearch] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
    },
  })
  const shown = stepKinds.filter((kind) => !without(kind) && found(kind, search))
  return (
    <Combobox
      store={combobox}
      position="bottom"
      width={330}
      shadow="md"
      withinPortal
      onOptionSubmit={(value) => {
        combobox.closeDropdown()
        const kind = stepKinds.find((one) => one === value)
        if (value === pasteValue) paste?.go()
        else if (kind !== undefined) onPick(editorOfKind(kind).make())
      }}
    >
      <Combobox.Target withAriaAttributes={false} targetType="button">
        {children({ toggle: () => combobox.toggleDropdown(), expanded: combobox.dropdownOpened })}
      </Combobox.Target>
      {/* Every way has a list of its own: only the open one is in the page. */}
      <Combobox.Dropdown>
        {combobox.dropdownOpened ? (
          <>
            <Combobox.Search
              aria-label="What should happen here?"
              placeholder="What should happen here?"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <Combobox.Options className={styles.options} mah={380} style={{ overflowY: 'auto' }} aria-label="Steps">
              {paste === undefined || search !== '' ? null : (
                <Combobox.Option value={pasteValue}>
                  <span className={styles.choice}>Paste</span>
                  <span className={styles.hint}>{paste.words}</span>
                </Combobox.Option>
              )}
              {shelves.map((shelf) => {
                const here = shown.filter((kind) => editorOfKind(kind).shelf === shelf)
                return here.length === 0 ? null : (
                  <Combobox.Group key={shelf} label={shelf}>
                    {here.map((kind) => {
                      const { title, hint } = editorOfKind(kind)
                      return (
                        <Combobox.Option key={kind} value={kind}>
                          <span className={styles.choice}>{title}</span>
                          <span className={styles.hint}>{hint}</span>
                        </Combobox.Option>
                      )
                    })}
                  </Combobox.Group>
                )
              })}
              {shown.length === 0 ? <Combobox.Empty>Nothing is called so. Try “e-mail”, “wait” or “split”.</Combobox.Empty> : null}
            </Combobox.Options>
            <TopOfList key={search} store={combobox} />
          </>
        ) : null}
      </Combobox.Dropdown>
    </Combobox>
  )
}
