/**
 * Whether a finished run is what it says: every {@link org.rlaif.training.verification.Claim} is
 * one page that computes some of the run once more, from what the stages before have left, and
 * compares. {@link org.rlaif.training.verification.Verification} says which a run has.
 */
@NullMarked
package org.rlaif.training.verification;

import org.jspecify.annotations.NullMarked;
