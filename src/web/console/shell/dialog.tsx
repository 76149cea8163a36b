import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useEffect, useState } from 'react';

export interface DialogProps {
  title: string;
  size?: 'md' | 'lg' | 'xl';
  /** Whether Escape and a click outside are ignored, because closing would lose something. */
  isPersistent?: boolean;
  /** Called after the dialog has closed: remove it. */
  onClosed: () => void;
  children: (close: () => void) => ReactNode;
}

/** A dialog that opens when it is mounted and returns the focus when it closes. */
export function Dialog({ title, size = 'md', isPersistent = false, onClosed, children }: DialogProps) {
  const [isOpen, setOpen] = useState(false);
  const isNarrow = useMediaQuery('(max-width: 48em)');
  useEffect(() => {
    focusMenuButton();
    setOpen(true); // after mounting: the focus to return to is recorded when it opens
  }, []);
  const close = () => setOpen(false);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      onExitTransitionEnd={onClosed}
      title={title}
      size={size}
      fullScreen={isNarrow === true}
      closeOnClickOutside={!isPersistent}
      closeOnEscape={!isPersistent}
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      styles={{ title: { minWidth: 0, overflowWrap: 'anywhere' } }}
      attributes={{ header: { role: 'presentation' } }} // the page has one banner already
    >
      {children(close)}
    </Modal>
  );
}

/** A menu item is removed with its menu, so the focus must return to the button of the menu. */
function focusMenuButton(): void {
  const button = document.activeElement?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  if (button) document.getElementById(button)?.focus();
}
