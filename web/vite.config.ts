import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { transformAsync } from '@babel/core';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** Turns Lingui's macros into calls; only files that use them pass through Babel. */
function texts(): Plugin {
  return {
    name: 'texts',
    enforce: 'pre',
    async transform(code, id) {
      if (!/\.tsx?$/.test(id.split('?')[0] ?? '') || !code.includes('/macro')) return null;
      const result = await transformAsync(code, {
        filename: id,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        parserOpts: { plugins: ['typescript', 'jsx'] },
        plugins: ['@lingui/babel-plugin-lingui-macro'],
      });
      return result?.code ? { code: result.code, map: result.map as never } : null;
    },
  };
}

/** Puts a compressed twin beside each text file, so that the server need not compress. */
function packed(): Plugin {
  return {
    name: 'packed',
    enforce: 'post',
    closeBundle: {
      sequential: true,
      order: 'post',
      handler() {
        const folder = fileURLToPath(new URL('dist', import.meta.url));
        for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
          if (!/\.(js|css|html|svg|webmanifest)$/.test(name)) continue;
          const content = readFileSync(join(folder, name));
          if (content.length < 1024) continue;
          writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content));
          writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
        }
      },
    },
  };
}

const ENGLISH_NAME = 'Quits';

export default defineConfig({
  plugins: [
    texts(),
    react(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: null,
      includeAssets: ['mark.svg', 'theme.js'],
      manifest: {
        name: ENGLISH_NAME,
        short_name: ENGLISH_NAME,
        description: 'Share expenses until everybody is quits.',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#f6f3ec',
        theme_color: '#f6f3ec',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        // Answers of the API are kept in IndexedDB, where signing out can reach them.
        navigateFallbackDenylist: [/^\/api\//, /^\/(healthz|readyz|metrics)$/],
        globPatterns: ['**/*.{js,css,html,svg,woff2}', 'icon-192.png'],
        globIgnores: ['**/*-ext-*'],
      },
    }),
    packed(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  build: { target: 'es2022', assetsInlineLimit: 0, sourcemap: false },
  server: { proxy: { '/api': process.env.QUITS_URL ?? 'http://127.0.0.1:8000' } },
});
