import { useState } from 'react'
import { Combobox, useCombobox } from '@mantine/core'
import { useFormat } from '../../../../format/use-format.ts'
import { useShopWords } from './shop-words.ts'
import type { Wanted, Word } from './shop-words.ts'
import styles from './parts.module.css'

interface SuggestProps {
  readonly label: string
  readonly value: string
  readonly wrong?: boolean
  readonly placeholder?: string
  /** What is suggested; null for nothing. */
  readonly wanted: Wanted | null
  /** Which of the suggestions fit; all, where nothing is said. */
  readonly fits?: (word: Word) => boolean
  readonly onChange: (value: string) => void
}

const typeWords: Record<Word['types'][number], string> = {
  text: 'text',
  number: 'number',
  'yes-no': 'yes or no',
  date: 'date',
  list: 'list',
  object: 'parts',
}

/** A word in a sentence, with suggestions from the shop's own data. Anything else can be typed as well. */
export function SuggestField({ label, value, wrong = false, placeholder = '…', wanted, fits = () => true, onChange }: SuggestProps) {
  const format = useFormat()
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [open, setOpen] = useState(false)
  // While the list is open without a key having been pressed, it shows everything and not only what the field holds.
  const [typed, setTyped] = useState(false)
  const search = typed ? value.trim().toLowerCase() : ''
  // The answer to the last key may still be on its way: what no longer fits is gone at once.
  const words = useShopWords(open ? wanted : null, search).filter((word) => fits(word) && String(word.value).toLowerCase().includes(search))
  const unit = wanted?.of === 'traits' || wanted?.of === 'trait-values' ? 'people' : 'events'
  const show = (): void => {
    setOpen(true)
    combobox.openDropdown()
  }
  return (
    <Combobox
      store={combobox}
      position="bottom-start"
      width={300}
      shadow="md"
      onOptionSubmit={(next) => {
        onChange(next)
        setTyped(false)
        combobox.closeDropdown()
      }}
    >
      <Combobox.Target>
        <input
          className={`${styles.field} ${styles.text}`}
          aria-label={label}
          aria-invalid={wrong}
          autoComplete="off"
          spellCheck={false}
          value={value}
          placeholder={placeholder}
          onFocus={show}
          onClick={show}
          onBlur={() => {
            setTyped(false)
            combobox.closeDropdown()
          }}
          onChange={(event) => {
            setTyped(true)
            show()
            combobox.resetSelectedOption()
            onChange(event.currentTarget.value)
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={words.length === 0}>
        <Combobox.Options className={styles.options} mah={280} style={{ overflowY: 'auto' }} aria-label={`Suggestions for ${label}`}>
          {words.map((word) => (
            <Combobox.Option key={`${typeof word.value} ${String(word.value)}`} value={String(word.value)} className={styles.option}>
              <span className="cut">{String(word.value)}</span>
              <span className={styles.seen}>
                {word.types.length > 0 && (wanted?.of === 'traits' || wanted?.of === 'properties')
                  ? `${word.types.map((type) => typeWords[type]).join(', ')} · `
                  : ''}
                {format.number(word.count)}
                <span className="vh"> {unit}</span>
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
