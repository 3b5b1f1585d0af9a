/**
 * Completions of a prompt that a language model is asked about all at once: rated by aspects
 * ({@link org.rlaif.judge.together.AspectRater}, as UltraFeedback's and HelpSteer2's were), or
 * brought into an order ({@link org.rlaif.judge.together.Ranker}). They are shown in an {@link
 * org.rlaif.judge.together.Order} that a seed shuffles. What it writes is read by rules; what no
 * rule takes is no answer, and counted.
 */
@NullMarked
package org.rlaif.judge.together;

import org.jspecify.annotations.NullMarked;
