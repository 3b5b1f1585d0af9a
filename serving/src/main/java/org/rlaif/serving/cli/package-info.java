/**
 * The room's commands: {@code serve} starts a server; {@code generate} and {@code score} are
 * clients of one, and know no more of it than any other client.
 */
@NullMarked
package org.rlaif.serving.cli;

import org.jspecify.annotations.NullMarked;
