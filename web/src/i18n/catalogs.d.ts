/** The compiled catalogues, which `npm run build` makes out of `src/locales/*.po`. */
declare module '*.mjs' {
  export const messages: import('@lingui/core').Messages;
}
