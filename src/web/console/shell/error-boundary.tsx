import { Button, Center, Code, Group, Stack, Text, Title } from '@mantine/core';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { CopyButton } from '../display/copy-button.js';

interface Props {
  children: ReactNode;
}

interface State {
  /** The error as text to report; undefined: no error. */
  report?: string;
}

/** Replaces the console after an error by a page with a report and a reload button. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { report: reportOf(error) };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ report: `${reportOf(error)}\n\nComponents:${componentStack ?? ' unknown'}` });
  }

  override render(): ReactNode {
    const { report } = this.state;
    return report === undefined ? this.props.children : <Failure report={report} />;
  }
}

function Failure({ report }: { report: string }) {
  return (
    <Center component="main" mih="100vh" p="md">
      <title>Error · Scrip</title>
      <Stack w="100%" maw={640} role="alert">
        <Title order={1} size="h3">
          The console stopped because of an error
        </Title>
        <Text>
          Reload the page to continue. If the error comes back, report it with the text below. Changes that were
          confirmed before are saved.
        </Text>
        <Code block mah={320} tabIndex={0} role="region" aria-label="Report" className="scrip-report">
          {report}
        </Code>
        <Group>
          <Button onClick={() => window.location.reload()}>Reload</Button>
          <CopyButton value={report}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy the report'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Center>
  );
}

/** The path without its parameters, which may name users. */
function reportOf(error: unknown): string {
  const what = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return [`Page: ${window.location.pathname}`, `Browser: ${navigator.userAgent}`, what].join('\n');
}
