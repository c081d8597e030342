import { useState } from 'react'
import { Button, Combobox, useCombobox } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { TopOfList } from '../../../ui/top-of-list.tsx'
import type { LeafCondition } from './tree.ts'
import { shelves } from '../editors/editor.ts'
import type { Choice } from '../editors/editor.ts'
import { choices } from '../editors/registry.ts'
import styles from './builder.module.css'

const found = (choice: Choice, search: string): boolean =>
  `${choice.title} ${choice.hint} ${choice.also ?? ''} ${choice.shelf}`.toLowerCase().includes(search.trim().toLowerCase())

interface PickerProps {
  /** What it is added to, for a screen reader. */
  readonly to: string
  readonly onPick: (condition: LeafCondition) => void
}

/** The button that adds a condition: a list of what can be asked, in plain words, that can be searched. */
export function KindPicker({ to, onPick }: PickerProps) {
  const [search, setSearch] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
    },
  })
  const shown = choices.filter((choice) => found(choice, search))
  return (
    <Combobox
      store={combobox}
      position="bottom-start"
      width={340}
      shadow="md"
      withinPortal
      onOptionSubmit={(title) => {
        const choice = choices.find((one) => one.title === title)
        combobox.closeDropdown()
        if (choice !== undefined) onPick(choice.make())
      }}
    >
      <Combobox.Target withAriaAttributes={false} targetType="button">
        <Button
          variant="subtle"
          size="compact-sm"
          data-add
          aria-haspopup="listbox"
          aria-expanded={combobox.dropdownOpened}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => combobox.toggleDropdown()}
        >
          Add a condition<span className="vh"> to {to}</span>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        {combobox.dropdownOpened ? (
          <>
            <Combobox.Search
              aria-label="What should be asked?"
              placeholder="What should be asked?"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <Combobox.Options className={styles.options} mah={360} style={{ overflowY: 'auto' }} aria-label="Conditions">
              {shelves.map((shelf) => {
                const here = shown.filter((choice) => choice.shelf === shelf)
                return here.length === 0 ? null : (
                  <Combobox.Group key={shelf} label={shelf}>
                    {here.map((choice) => (
                      <Combobox.Option key={choice.title} value={choice.title}>
                        <span className={styles.choice}>{choice.title}</span>
                        <span className={styles.hint}>{choice.hint}</span>
                      </Combobox.Option>
                    ))}
                  </Combobox.Group>
                )
              })}
              {shown.length === 0 ? <Combobox.Empty>Nothing is called so. Try “bought”, “trait” or “opened”.</Combobox.Empty> : null}
            </Combobox.Options>
            <TopOfList key={search} store={combobox} />
          </>
        ) : null}
      </Combobox.Dropdown>
    </Combobox>
  )
}
