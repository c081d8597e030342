import { defineConfig } from 'vite'
import react from '@vitejs/plugin-react'

/**
 * The console is static files that the server hands out at `/`. `THROUGHLINE_URL` names the server that
 * `vite dev` forwards API calls to.
 */
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    sourcemap: false,
    // Nothing is inlined as data: or script text, so that the strict content security policy holds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/v1', '/sdk'].map((path) => [path, process.env['THROUGHLINE_URL'] ?? 'http://127.0.0.1:4800'])),
  },
})
