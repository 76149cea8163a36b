import { Alert, Button, Center, Image, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import logo from '../../shared/scrip.svg';
import { MessageAlert } from '../display/error-alert.js';
import { focusFirstError } from '../forms/focus-first-error.js';
import { PasswordField } from '../forms/password-field.js';
import { useSession } from '../session/session-context.js';

/** Focuses the first field. A constant, so that React calls it only once. */
const focus = (input: HTMLInputElement | null) => input?.focus();

/** Logs an administrator in, then shows the page of the current URL. */
export function LogInPage({ notice }: { notice: string | undefined }) {
  const session = useSession();
  const [failure, setFailure] = useState<string>();
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: {
      username: (text) => (text.trim() === '' ? 'Enter your username.' : null),
      password: (text) => (text === '' ? 'Enter your password.' : null),
    },
  });
  const submit = form.onSubmit(async ({ username, password }) => {
    setFailure(undefined);
    setFailure(await session.logIn(username.trim(), password));
  }, focusFirstError(form));

  return (
    <Center component="main" mih="100vh" p="md">
      <title>Log in · Scrip</title>
      <Stack w="100%" maw={360} gap="lg">
        <Stack gap="xs" align="center">
          <Image src={logo} alt="" w={44} h={44} />
          <Title order={1} size="h3">
            Log in to Scrip
          </Title>
        </Stack>
        <MessageAlert>{failure}</MessageAlert>
        {failure === undefined && notice && (
          <Alert color="yellow" role="alert">
            {notice}
          </Alert>
        )}
        <Paper withBorder p="lg" component="form" onSubmit={submit}>
          <Stack>
            <TextInput
              label="Username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              ref={focus}
              {...form.getInputProps('username')}
            />
            <PasswordField label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
            <Button type="submit" loading={form.submitting}>
              Log in
            </Button>
          </Stack>
        </Paper>
        <Instructions />
      </Stack>
    </Center>
  );
}

/** How to get an administrator's password. */
function Instructions() {
  return (
    <Text size="xs" c="dimmed" ta="center">
      The first start of the server prints the password of <b>admin</b> to the terminal. Without a terminal, the log
      names the file that holds it. To create another administrator, run{' '}
      <code>scrip user create NAME --admin --password-stdin</code>
    </Text>
  );
}
