/** @type {import('@lingui/conf').LinguiConfig} */
export default {
  locales: ['en', 'de'],
  sourceLocale: 'en',
  fallbackLocales: { default: 'en' },
  catalogs: [{ path: 'src/locales/{locale}', include: ['src'], exclude: ['**/locales/**', '**/*.d.ts'] }],
  compileNamespace: 'es',
  orderBy: 'message',
};
