/**
 * The command line: the server, and what an operator does to a store without one. Start at {@code Main}; each command has a class.
 *
 * <p>Exit codes: 0 done; 1 the program failed; 2 the command line is wrong; 3 bad input, or nothing is there by that name; 4 refused, since
 * something stands against it; 5 something that is needed cannot be reached; 6 whether it was done is not known; 10 {@code doctor} found
 * something that must be mended, or {@code verify} damage.
 */
package io.maas.http.cli;
