/**
 * What passes between the trainer and a served policy: completions come, token for token, and new
 * weights go, with probes that prove them.
 */
@NullMarked
package org.rlaif.training.rollouts;

import org.jspecify.annotations.NullMarked;
