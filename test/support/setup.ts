/**
 * Runs before each file of the integration tests. These share a process, so that Node loads the dependencies once in it and
 * not once per file. All that is not in node_modules is evaluated anew: no file meets the state that another has left in a
 * module of src or test.
 */
import { vi } from 'vitest';

vi.resetModules();
