import { createRoot } from 'react-dom/client'
import { StrictMode } from 'react'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { z } from 'zod'
import '@fontsource-variable/geist/wght.css'
import './app/mantine.css'
import './app/base.css'
import { queryClient } from './api/queries.ts'
import { router } from './app/router.tsx'
import { Toasts } from './ui/toasts.tsx'
import { makeSchemeManager, theme, variables } from './app/theme.ts'

// The content security policy forbids eval, which zod would otherwise try.
z.config({ jitless: true })

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root')
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={makeSchemeManager()} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
