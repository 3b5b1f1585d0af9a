/**
 * A small task with a right answer: on a {@link org.rlaif.training.walks.Graph} that nobody shows
 * to the policy, find short ways to the goal, from {@link org.rlaif.training.walks.Walk}s that were
 * taken at random. After the random walks of trlX; graph, numbers and scale are our own.
 */
@NullMarked
package org.rlaif.training.walks;

import org.jspecify.annotations.NullMarked;
