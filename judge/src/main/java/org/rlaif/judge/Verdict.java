package org.rlaif.judge;

import org.jspecify.annotations.Nullable;

/**
 * What a judge says about two completions after it has seen them in both orders. All three are
 * probabilities that the <em>same</em> completion, the question's first, is the better one.
 *
 * @param probabilityFirst the mean of both orders; null if one of them was not answered
 * @param forward when it was shown first; null if not answered or not asked
 * @param reversed when it was shown second; null if not answered or not asked
 * @param hard whether one of the two answers was {@linkplain Answer#hard hard}
 * @param rationale why so, or why there is no answer, if the judge tells
 */
public record Verdict(
    @Nullable Double probabilityFirst,
    @Nullable Double forward,
    @Nullable Double reversed,
    boolean hard,
    @Nullable String rationale) {}
