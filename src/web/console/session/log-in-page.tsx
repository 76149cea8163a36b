import { Alert, Button, Center, Image, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import logo from '../../shared/scrip.svg';
import { focusFirstError } from '../shell/focus-first-error.js';
import { logIn } from './session.js';

/** Where the page begins; it is the same function each time, so that it runs once. */
const focus = (input: HTMLInputElement | null) => input?.focus();

/** The way in. What is shown behind it is the address that was asked for. */
export function LogInPage({ notice }: { notice: string | undefined }) {
  const [problem, setProblem] = useState<string>();
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: {
      username: (text) => (text.trim() === '' ? 'Enter your name.' : null),
      password: (text) => (text === '' ? 'Enter your password.' : null),
    },
  });
  const submit = form.onSubmit(async ({ username, password }) => {
    setProblem(undefined);
    setProblem(await logIn(username.trim(), password));
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
        {(problem ?? notice) && (
          <Alert color={problem ? 'red' : 'yellow'} role="alert">
            {problem ?? notice}
          </Alert>
        )}
        <Paper withBorder p="lg" component="form" onSubmit={submit}>
          <Stack>
            <TextInput
              label="Name"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              ref={focus}
              {...form.getInputProps('username')}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
              {...form.getInputProps('password')}
            />
            <Button type="submit" loading={form.submitting}>
              Log in
            </Button>
          </Stack>
        </Paper>
        <Text size="xs" c="dimmed" ta="center">
          The first start of the server showed the password of <b>admin</b> at its terminal. Without a terminal its log
          says where the password is. To create another administrator, run{' '}
          <code>scrip user create NAME --admin --password-stdin</code>
        </Text>
      </Stack>
    </Center>
  );
}
