/**
 * Requests that wait, and who may: what a policy is asked ({@link
 * org.rlaif.serving.queue.PromptGroup}), who hears of it ({@link
 * org.rlaif.serving.queue.SequenceListener}, {@link org.rlaif.serving.queue.ModelObserver}), and
 * the {@link org.rlaif.serving.queue.RequestQueue} in between. Clients take turns ({@link
 * org.rlaif.serving.queue.FairQueue}) within their {@link org.rlaif.serving.queue.Quota}; whoever
 * cannot be served hears a {@link org.rlaif.serving.queue.Refusal}. Knows no graph: all of it runs
 * in tests without a model.
 */
@NullMarked
package org.rlaif.serving.queue;

import org.jspecify.annotations.NullMarked;
