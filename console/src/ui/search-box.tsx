import { useEffect, useRef, useState } from 'react'
import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'

interface SearchBoxProps {
  readonly label: string
  readonly value: string
  /** Called 250 ms after the last key. */
  readonly onSearch: (value: string) => void
}

/** The page's search field; the key `/` puts the focus here. */
export function SearchBox({ label, value, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    // What comes back of what was typed here is older than what has been typed since.
    if (value === told.current) return
    told.current = value
    setTyped(value)
  }, [value])
  useEffect(() => {
    if (typed === value) return undefined
    const timer = setTimeout(() => {
      told.current = typed
      onSearch(typed)
    }, 250)
    return () => clearTimeout(timer)
  }, [typed, value, onSearch])
  return (
    <TextInput
      data-search
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      type="search"
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      style={{ flex: '1 1 220px', maxWidth: 420 }}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setTyped('')} />}
    />
  )
}
