/**
 * What on-policy algorithms maximise: a weighted sum of parts, each of them one page that holds its
 * settings and opens itself. A part says one number for each completion, or ends the run by name.
 */
@NullMarked
package org.rlaif.training.rewards;

import org.jspecify.annotations.NullMarked;
