import { Anchor, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { type CombinedError, useMutation } from 'urql';
import { Link } from 'wouter';
import { LinkExternalIdDocument } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { FormDialog } from '../forms/form-dialog.js';
import { type ExternalId, externalIdText, validateExternalId, validateIssuer } from './external-id.js';
import type { UserDialogProps } from './user-dialog.js';

/** Links a user to an id in another system. */
export function LinkDialog({ user: { id: userId, username }, onClosed }: UserDialogProps) {
  const [{ error }, link] = useMutation(LinkExternalIdDocument);
  const form = useForm({
    initialValues: { issuer: '', id: '' },
    validate: { issuer: validateIssuer, id: validateExternalId },
  });
  const submit = async ({ issuer, id }: ExternalId) => {
    const external = { issuer: issuer.trim(), id: id.trim() };
    const { data } = await link({ input: { user: { id: userId }, external } });
    if (data?.linkExternalId) notifications.show({ message: `Linked ${externalIdText(external)} to ${username}.` });
    return data?.linkExternalId != null;
  };
  return (
    <FormDialog
      title={`Link an external ID to ${username}`}
      action="Link"
      form={form}
      submit={submit}
      error={<LinkError error={error} external={form.values} />}
      onClosed={onClosed}
    >
      <TextInput
        label="Issuer"
        description="The other system, such as twitch or shop.example.com."
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        {...form.getInputProps('issuer')}
      />
      <TextInput
        label="ID"
        description="The user’s ID in that system. Upper and lower case differ."
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('id')}
      />
    </FormDialog>
  );
}

/** The error, with a link to the user who has the id. */
function LinkError({ error, external }: { error: CombinedError | undefined; external: ExternalId }) {
  const isTaken = error?.graphQLErrors.some(({ extensions }) => extensions['code'] === 'EXTERNAL_ID_TAKEN');
  const search = externalIdText({ issuer: external.issuer.trim(), id: external.id.trim() });
  return (
    <>
      <ErrorAlert error={error} />
      {isTaken && (
        <Anchor component={Link} href={`/users?search=${encodeURIComponent(search)}`} size="sm" className="scrip-name">
          Show the user with {search}
        </Anchor>
      )}
    </>
  );
}
