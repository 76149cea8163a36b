import { UnstyledButton } from '@mantine/core';

interface StepListProps {
  labels: readonly string[];
  /** Index of the current step. */
  current: number;
  /** Called with an earlier step that was selected. */
  onBack: (step: number) => void;
}

/** The steps of a form. Those before the current one are buttons that go back. */
export function StepList({ labels, current, onBack }: StepListProps) {
  return (
    <ol className="scrip-steps" aria-label="Steps">
      {labels.map((label, index) => (
        <li key={label} {...(index === current && { 'aria-current': 'step' })} data-done={index < current}>
          {index < current ? (
            <UnstyledButton className="scrip-step" onClick={() => onBack(index)}>
              <Step number={index + 1} label={label} />
            </UnstyledButton>
          ) : (
            <span className="scrip-step">
              <Step number={index + 1} label={label} />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function Step({ number, label }: { number: number; label: string }) {
  return (
    <>
      <span className="scrip-step-number">{number}</span> <span className="scrip-step-label">{label}</span>
    </>
  );
}
