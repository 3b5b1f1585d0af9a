/**
 * How a stage that takes long goes on where it was stopped, to the last bit: {@link
 * org.rlaif.training.checkpoint.Checkpoints}.
 */
@NullMarked
package org.rlaif.training.checkpoint;

import org.jspecify.annotations.NullMarked;
