/** {@code bench}, the room's command: measures a server, and starts it if need be. */
@NullMarked
package org.rlaif.bench.cli;

import org.jspecify.annotations.NullMarked;
