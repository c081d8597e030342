import { createTheme } from '@mantine/core';
import type { CSSVariablesResolver, MantineColorsTuple, MantineColorScheme, MantineColorSchemeManager } from '@mantine/core';

const spruce: MantineColorsTuple = ['#e9f5f0', '#d3e9e0', '#a5d3c2', '#75bca3', '#4fa98a', '#2f977a', '#0b7f62', '#0b6b53', '#085440', '#053c2e'];

export const theme = createTheme({
  primaryColor: 'spruce',
  primaryShade: { light: 7, dark: 4 },
  colors: { spruce },
  autoContrast: true,
  fontFamily: "'Geist Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: "'Geist Variable', system-ui, sans-serif", fontWeight: '600' },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
  },
});

/** Mantine's own colours, taken from the palette in tokens.css. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--surface)', '--mantine-color-text': 'var(--ink)', '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-default': 'var(--surface)', '--mantine-color-default-hover': 'var(--sunken)', '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)', '--mantine-color-placeholder': 'var(--ink-3)', '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)', '--mantine-primary-color-filled': 'var(--accent)', '--mantine-primary-color-contrast': 'var(--accent-ink)',
    '--mantine-color-spruce-filled': 'var(--accent)', '--mantine-color-spruce-light': 'var(--accent-soft)', '--mantine-color-spruce-light-color': 'var(--accent)',
    '--mantine-color-disabled': 'var(--sunken)', '--mantine-color-disabled-color': 'var(--ink-3)', '--mantine-color-disabled-border': 'var(--line)',
  };
  return { variables: { '--mantine-line-height': '1.45' }, light: shared, dark: shared };
};

const key = 'throughline-colour-scheme';
const known = (value: unknown): value is MantineColorScheme => value === 'light' || value === 'dark' || value === 'auto';

/** Where the chosen colour scheme is kept; the same key is read by `public/theme.js` before the first paint. */
export function makeSchemeManager(): MantineColorSchemeManager {
  return {
    get: (initial) => {
      try {
        const stored = localStorage.getItem(key);
        return known(stored) ? stored : initial;
      } catch {
        return initial;
      }
    },
    set: (value) => {
      try {
        localStorage.setItem(key, value);
      } catch {
        // A browser that forbids storage forgets the choice with the tab.
      }
    },
    subscribe: () => undefined,
    unsubscribe: () => undefined,
    clear: () => localStorage.removeItem(key),
  };
}
