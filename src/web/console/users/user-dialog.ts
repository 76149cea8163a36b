import type { UserFactsFragment } from '../../generated.js';

/** Properties of every dialog about a user. */
export interface UserDialogProps {
  user: UserFactsFragment;
  onClosed: () => void;
}
