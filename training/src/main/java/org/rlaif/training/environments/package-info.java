/**
 * What a policy talks with while on-policy algorithms train it: an {@link
 * org.rlaif.training.environments.Environment} answers what the policy has said, turn by turn, and
 * in the end says what the episode was worth. It is a class of the user's or a service elsewhere,
 * each one page with its settings, an {@link org.rlaif.training.environments.EnvironmentKind}.
 * {@link org.rlaif.training.environments.LookUp} ships as an example.
 */
@NullMarked
package org.rlaif.training.environments;

import org.jspecify.annotations.NullMarked;
