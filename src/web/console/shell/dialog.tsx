import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useEffect, useState } from 'react';

export interface DialogProps {
  title: string;
  size?: 'md' | 'lg' | 'xl';
  /** Whether a click beside it or Escape closes it: not where something would be lost. */
  isModal?: boolean;
  /** It is closed: whoever opened it takes it away. */
  onClosed: () => void;
  children: (close: () => void) => ReactNode;
}

/** A dialog that opens when it is put there, and gives the focus back when it is closed. */
export function Dialog({ title, size = 'md', isModal = false, onClosed, children }: DialogProps) {
  const [isOpen, setOpen] = useState(false);
  const isNarrow = useMediaQuery('(max-width: 48em)');
  useEffect(() => {
    focusMenuButton();
    setOpen(true); // not from the start: what has the focus is noted when it opens
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
      closeOnClickOutside={!isModal}
      closeOnEscape={!isModal}
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      styles={{ title: { minWidth: 0, overflowWrap: 'anywhere' } }}
      attributes={{ header: { role: 'presentation' } }} // the page has one banner already
    >
      {children(close)}
    </Modal>
  );
}

/** The item of a menu goes with the menu: the focus is to come back to the button of the menu. */
function focusMenuButton(): void {
  const button = document.activeElement?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  if (button) document.getElementById(button)?.focus();
}
