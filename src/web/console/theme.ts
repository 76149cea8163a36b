import {
  Badge,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  Menu,
  Radio,
} from '@mantine/core';

/** Black on white or white on black. Colour marks states. */
export const theme = createTheme({
  primaryColor: 'gray',
  primaryShade: { light: 9, dark: 0 },
  autoContrast: true,
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const isPrimary = input.variant === 'filled' && (input.color ?? 'gray') === 'gray';
    return isPrimary ? { ...colors, color: 'var(--mantine-primary-color-contrast)' } : colors;
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Badge: Badge.extend({ defaultProps: { variant: 'default', size: 'sm', tt: 'none', miw: 'max-content' } }),
    Checkbox: Checkbox.extend({ defaultProps: { iconColor: 'var(--mantine-primary-color-contrast)' } }),
    Radio: Radio.extend({ defaultProps: { iconColor: 'var(--mantine-primary-color-contrast)' } }),
    Menu: Menu.extend({
      defaultProps: { position: 'bottom-end', withinPortal: false, withInitialFocusPlaceholder: false },
    }),
  },
  colors: {
    dark: [
      '#e4e4e7',
      '#c4c4cb',
      '#a1a1aa',
      '#85858e',
      '#3a3a41',
      '#2c2c31',
      '#1f1f23',
      '#141416',
      '#0f0f11',
      '#09090b',
    ],
  },
});

/** Mantine's default secondary colours are too pale: these keep a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b616b',
    '--mantine-color-placeholder': '#6f757e',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-green-light-color': '#226632',
    '--mantine-color-orange-light-color': '#984408',
    '--mantine-color-red-light-color': '#c92a2a',
    '--mantine-color-yellow-light-color': '#7a5200',
    '--scrip-accent': '#d60590',
    '--scrip-gain': '#2b7a3d',
  },
  dark: {
    '--mantine-color-dimmed': '#a1a1aa',
    '--mantine-color-placeholder': '#85858e',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-red-light-color': '#ff8787',
    '--scrip-accent': '#ff5cc0',
    '--scrip-gain': '#69db7c',
  },
});
