import { Button, Group, Stack, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type FormEvent, useEffect } from 'react';
import { useMutation } from 'urql';
import { IssueTokenDocument } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { StepList } from '../forms/step-list.js';
import { useSteps } from '../forms/use-steps.js';
import { IssueReview } from './issue-review.js';
import {
  errorsBefore,
  errorsOf,
  type FieldErrors,
  type IssueValues,
  inputOf,
  NO_OPERATIONS,
  STEPS,
  stepOf,
} from './issue-values.js';
import { LimitFields } from './limit-fields.js';
import { limitValues } from './limits.js';
import { NetworkField } from './network-field.js';
import type { IssuedSecret } from './secret-box.js';
import { assignErrors, LIMIT_PATHS } from './server-errors.js';
import { TokenStep } from './token-step.js';

interface IssueFormProps {
  scopes: readonly string[];
  owner: string | undefined;
  onIssued: (issued: IssuedSecret) => void;
  /** Called with whether there is input that closing would lose. */
  onDirty: (isDirty: boolean) => void;
  onCancel: () => void;
}

const REVIEW = STEPS.length - 1;
const TITLES = ['What the token may do', 'How much it may do', 'From where it may be used', 'Review'] as const;

/** Paths of the fields, in their order. */
const FIELDS = ['name', 'owner', 'format', 'expiry', 'operations', 'scopes', ...LIMIT_PATHS, 'networks'];

/** The form that issues a token, in steps. */
export function IssueForm({ scopes, owner, onIssued, onDirty, onCancel }: IssueFormProps) {
  const [{ error, fetching }, issue] = useMutation(IssueTokenDocument);
  const form = useForm<IssueValues>({
    initialValues: {
      name: '',
      owner: owner ?? null,
      expiry: 'never',
      lastDay: '',
      format: 'OPAQUE',
      scopes: new Set(scopes),
      operations: NO_OPERATIONS,
      limits: limitValues(null),
      networks: '',
    },
  });
  const { step, heading, goTo } = useSteps(form);
  const isDirty = form.isDirty();
  useEffect(() => onDirty(isDirty), [onDirty, isDirty]);

  /** Shows the step and the field of the first error. Returns whether there is one. */
  const showErrors = (errors: FieldErrors) => {
    const [field] = Object.keys(errors);
    form.setErrors(errors);
    if (field !== undefined) goTo(stepOf(field), field);
    return field !== undefined;
  };
  const advance = (next: number) => {
    if (!showErrors(errorsBefore(next, errorsOf(form.values)))) goTo(next);
  };
  const submit = async () => {
    const { data, error: refusal } = await issue({ input: inputOf(form.values) });
    if (data?.issueToken) onIssued({ secret: data.issueToken.secret, name: data.issueToken.token.name });
    showErrors(assignErrors(refusal, FIELDS).fields);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (step < REVIEW) advance(step + 1);
    else void submit();
  };

  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        <StepList labels={STEPS} current={step} onBack={goTo} />
        <Title order={3} size="h5" tabIndex={-1} ref={heading} className="scrip-step-heading">
          <span className="scrip-visually-hidden">{`Step ${step + 1} of ${STEPS.length}: `}</span>
          {TITLES[step]}
        </Title>
        {step === 0 && <TokenStep form={form} />}
        {step === 1 && <LimitFields inputProps={form.getInputProps} />}
        {step === 2 && <NetworkField {...form.getInputProps('networks')} />}
        {step === REVIEW && <IssueReview values={form.values} />}
        {step === REVIEW && <ErrorAlert error={assignErrors(error, FIELDS).rest} />}
        <Group justify="space-between">
          <Button variant="default" onClick={() => (step === 0 ? onCancel() : goTo(step - 1))}>
            {step === 0 ? 'Cancel' : 'Back'}
          </Button>
          <Group gap="xs">
            {step < REVIEW - 1 && (
              <Button variant="default" onClick={() => advance(REVIEW)}>
                Skip to review
              </Button>
            )}
            <Button type="submit" loading={fetching}>
              {step < REVIEW ? 'Next' : 'Issue the token'}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
