/**
 * The weights of a model in memory. A {@link org.rlaif.serving.weights.WeightArena} holds one set
 * of them, laid out by a {@link org.rlaif.serving.weights.WeightLayout}; {@link
 * org.rlaif.serving.weights.LiveWeights} owns two arenas, so that new weights fill one while the
 * other serves, and leases what serves to whoever runs the graph.
 */
@NullMarked
package org.rlaif.serving.weights;

import org.jspecify.annotations.NullMarked;
