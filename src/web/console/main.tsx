import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { mountPoint } from '../shared/mount-point.js';
import { Console } from './console.js';
import { restoreSession } from './session/session.js';
import { ErrorBoundary } from './shell/error-boundary.js';
import { cssVariables, theme } from './theme.js';

void restoreSession();

createRoot(mountPoint()).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <ErrorBoundary>
        <Notifications position="bottom-right" />
        <Router base="/console">
          <Console />
        </Router>
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);
