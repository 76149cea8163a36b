import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import './print.css';
import './steps.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { basePath } from '../shared/base-path.js';
import { mountPoint } from '../shared/mount-point.js';
import { Console } from './console.js';
import { Session } from './session/session.js';
import { SessionContext } from './session/session-context.js';
import { ErrorBoundary } from './shell/error-boundary.js';
import { cssVariables, theme } from './theme.js';

const session = new Session();
void session.restore();

createRoot(mountPoint()).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <ErrorBoundary>
        <Notifications position="bottom-right" />
        <Router base={`${basePath}/console`}>
          <SessionContext value={session}>
            <Console />
          </SessionContext>
        </Router>
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);
