/** Whether a policy is better than where it started, and than references, and who says so. */
@NullMarked
package org.rlaif.training.evaluation;

import org.jspecify.annotations.NullMarked;
