/**
 * Algorithms that learn from what the policy writes while it learns. Each is one page, an {@link
 * org.rlaif.training.onpolicy.OnPolicyAlgorithm}; what they share is the {@link
 * org.rlaif.training.onpolicy.OnPolicyLoop}: prompts, rollout, rewards, look, advantages, epochs of
 * losses, publish, figures.
 */
@NullMarked
package org.rlaif.training.onpolicy;

import org.jspecify.annotations.NullMarked;
