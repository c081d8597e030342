import { Button, createTheme } from '@mantine/core'
import type { CSSVariablesResolver, MantineColorsTuple, MantineColorScheme, MantineColorSchemeManager } from '@mantine/core'

const spruce: MantineColorsTuple = [
  '#e9f5f0',
  '#d3e9e0',
  '#a5d3c2',
  '#75bca3',
  '#4fa98a',
  '#2f977a',
  '#0b7f62',
  '#0b6b53',
  '#085440',
  '#053c2e',
]

/** Greys of the dark scheme with the green tint of the palette; Mantine draws fields and borders from these. */
const dark: MantineColorsTuple = [
  '#e5ebe7',
  '#b0bbb5',
  '#8d9a93',
  '#5d6a63',
  '#3b4740',
  '#27302b',
  '#121815',
  '#161c19',
  '#0f1412',
  '#0b0f0d',
]

export const theme = createTheme({
  primaryColor: 'spruce',
  primaryShade: { light: 7, dark: 4 },
  colors: { spruce, dark },
  autoContrast: true,
  fontFamily: "'Geist Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: "'Geist Variable', system-ui, sans-serif", fontWeight: '600' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm', fw: 500 },
      // The words on a filled button are the ink that belongs to its colour in either scheme.
      vars: (_theme, props) => ({
        root: props.variant === undefined || props.variant === 'filled' ? { '--button-color': 'var(--accent-ink)' } : {},
      }),
    }),
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } },
    },
    Pill: { defaultProps: { removeButtonProps: { 'aria-label': 'Remove', 'aria-hidden': false } } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
  },
})

/** Mantine's own colours, taken from the palette in tokens.css. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-contrast': 'var(--accent-ink)',
    '--mantine-color-spruce-filled': 'var(--accent)',
    '--mantine-color-spruce-light': 'var(--accent-soft)',
    '--mantine-color-spruce-light-color': 'var(--accent)',
    '--mantine-color-spruce-filled-hover': 'color-mix(in srgb, var(--accent) 88%, var(--ink))',
    '--mantine-primary-color-filled-hover': 'color-mix(in srgb, var(--accent) 88%, var(--ink))',
    '--mantine-color-red-filled': 'var(--bad)',
    '--mantine-color-red-filled-hover': 'color-mix(in srgb, var(--bad) 88%, var(--ink))',
    '--mantine-color-red-light-color': 'var(--bad)',
    '--mantine-color-gray-light-color': 'var(--ink-2)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--ink-3)',
    '--mantine-color-disabled-border': 'var(--line)',
  }
  return { variables: { '--mantine-line-height': '1.45' }, light: shared, dark: shared }
}

const key = 'throughline-colour-scheme'
const known = (value: unknown): value is MantineColorScheme => value === 'light' || value === 'dark' || value === 'auto'

/** Where the chosen colour scheme is kept; the same key is read by `public/theme.js` before the first paint. */
export function makeSchemeManager(): MantineColorSchemeManager {
  return {
    get: (initial) => {
      try {
        const stored = localStorage.getItem(key)
        return known(stored) ? stored : initial
      } catch {
        return initial
      }
    },
    set: (value) => {
      try {
        localStorage.setItem(key, value)
      } catch {
        // A browser that forbids storage forgets the choice with the tab.
      }
    },
    subscribe: () => undefined,
    unsubscribe: () => undefined,
    clear: () => localStorage.removeItem(key),
  }
}
