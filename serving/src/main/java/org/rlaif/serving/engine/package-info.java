/**
 * The models in service, by name ({@link org.rlaif.serving.engine.Models}): a {@link
 * org.rlaif.serving.engine.PolicyEngine} samples and tells log-probabilities, a {@link
 * org.rlaif.serving.engine.RewardEngine} scores. Each puts together what the packages below have:
 * weights, queue, scheduler, scorer, updates. Knows no transport and no message of one.
 *
 * <p>What a model does is told to its {@link org.rlaif.serving.queue.ModelObserver} as it happens;
 * what it is doing now can be read from the {@link org.rlaif.serving.engine.ServedModel}.
 */
@NullMarked
package org.rlaif.serving.engine;

import org.jspecify.annotations.NullMarked;
