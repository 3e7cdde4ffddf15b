/** Mantine in Quits' own colours: ink on paper, and a sun for what matters most on a screen. */

import { createTheme, virtualColor, type MantineColorsTuple } from '@mantine/core';

const sun: MantineColorsTuple = ['#fff8e1', '#ffefc0', '#ffe394', '#ffd766', '#ffc738', '#f5b81a', '#d99c05', '#a87603', '#7a5502', '#523900'];
const marine: MantineColorsTuple = ['#eaf1f7', '#d3e0ec', '#a5bfd7', '#759dc1', '#4f80ae', '#376da1', '#27598a', '#1d4a74', '#14304a', '#0d2133'];
const mist: MantineColorsTuple = ['#f4f8fb', '#e4ecf3', '#d3e0ea', '#c0d3e2', '#b1c9db', '#a5c0d6', '#9ab7cf', '#8aa9c2', '#7899b3', '#5f819c'];
const rust: MantineColorsTuple = ['#fdf0ea', '#fadccf', '#f4b79e', '#ee906a', '#e76f40', '#d4562a', '#b0401a', '#953412', '#78280c', '#571b06'];

export const theme = createTheme({
  primaryColor: 'sun',
  primaryShade: 4,
  autoContrast: true,
  luminanceThreshold: 0.3,
  black: '#14222e',
  fontFamily: "'Figtree Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Bricolage Grotesque Variable', 'Figtree Variable', system-ui, sans-serif" },
  defaultRadius: 'md',
  radius: { xs: '6px', sm: '8px', md: '12px', lg: '18px', xl: '28px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  colors: { sun, marine, mist, rust, ink: virtualColor({ name: 'ink', light: 'marine', dark: 'mist' }) },
  components: {
    Button: { defaultProps: { size: 'md', radius: 'xl' } },
    ActionIcon: { defaultProps: { size: 44, radius: 'xl', variant: 'subtle', color: 'ink' } },
    TextInput: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md' } },
    NativeSelect: { defaultProps: { size: 'md' } },
    Switch: { defaultProps: { size: 'md' } },
    Checkbox: { defaultProps: { size: 'md' } },
  },
});
