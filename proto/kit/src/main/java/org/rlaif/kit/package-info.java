/**
 * What every command needs: the records that travel between jobs, files that are whole or absent,
 * configuration that refuses what it does not know, progress, the way through proxies, when to ask
 * again, secrets, statistics, and errors that fit on one line.
 *
 * <p>A user's mistake is a {@link org.rlaif.kit.UserError}: it names the thing, its value and what
 * was expected, and {@link org.rlaif.kit.Commands} turns it into one line and exit code 2. Anything
 * else is ours and keeps its stack trace.
 *
 * <p>Files are written beside their place and renamed into it ({@link org.rlaif.kit.AtomicFiles}),
 * so that a reader never meets half of one.
 */
@NullMarked
package org.rlaif.kit;

import org.jspecify.annotations.NullMarked;
