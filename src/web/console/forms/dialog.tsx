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
  const [opener] = useState(focusedButton); // before an effect runs, which is after a menu has closed
  useEffect(() => setOpen(true), []);
  const close = () => setOpen(false);
  const removeDialog = () => {
    // Mantine would return the focus 10 ms later, when a dialog without motion is removed already.
    (opener?.isConnected ? opener : document.getElementById('content'))?.focus({ preventScroll: true });
    onClosed();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      onExitTransitionEnd={removeDialog}
      returnFocus={false}
      title={title}
      size={size}
      fullScreen={isNarrow === true}
      closeOnClickOutside={!isPersistent}
      closeOnEscape={!isPersistent}
      transitionProps={{ duration: 120 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      styles={{ title: { lineHeight: 1.4, minWidth: 0, overflowWrap: 'anywhere' } }}
      attributes={{ header: { role: 'presentation' } }} // the page has one banner already
    >
      {children(close)}
    </Modal>
  );
}

/** The focused button. A menu item is removed with its menu: then the button of the menu. */
function focusedButton(): HTMLElement | null {
  const focused = document.activeElement;
  const menuButton = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  if (menuButton) return document.getElementById(menuButton);
  return focused instanceof HTMLElement ? focused : null;
}
