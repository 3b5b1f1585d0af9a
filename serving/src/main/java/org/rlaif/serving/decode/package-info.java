/**
 * Sampling sequences. The {@link org.rlaif.serving.decode.Scheduler} is the one thread that touches
 * the cache of a policy: it computes a prompt in a slot behind the rows, chunk by chunk or several
 * short ones at once ({@link org.rlaif.serving.decode.Staging}), copies what it computed for every
 * further sample of that prompt, and decodes all live rows together, one token each. Live rows are
 * always slots 0 to B - 1: when one ends, the last row moves into the hole.
 *
 * <p>A step is one {@link org.rlaif.serving.decode.ForwardPass} for the whole batch, whatever its
 * rows ask for; {@link org.rlaif.serving.decode.Samplers} then go from row to row. What a sequence
 * becomes depends on its prompt, its seed and the weights alone: chunks are cut by the prompt, and
 * a row's numbers are the same bits in every batch.
 */
@NullMarked
package org.rlaif.serving.decode;

import org.jspecify.annotations.NullMarked;
