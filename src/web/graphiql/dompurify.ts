/**
 * DOMPurify for the code editor, in place of the old copy in monaco-editor: see `vite.config.ts`. Exports what the editor
 * imports.
 */
import purify from 'dompurify';

export const { addHook, removeHook, sanitize } = purify;
