/**
 * What on-policy algorithms maximise: a weighted sum of parts, each of them one page that holds its
 * settings and opens itself: a {@link org.rlaif.training.rewards.RewardKind}, of which {@link
 * org.rlaif.training.config.OnPolicyConfig} lists all. Opened it is a {@link
 * org.rlaif.training.rewards.RewardSource}, and that alone is what a class of a user's implements.
 * A part says one number for each completion, or ends the run by name.
 */
@NullMarked
package org.rlaif.training.rewards;

import org.jspecify.annotations.NullMarked;
