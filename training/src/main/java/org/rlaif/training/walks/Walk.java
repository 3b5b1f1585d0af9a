package org.rlaif.training.walks;

/**
 * A walk as text: where it begins, and where it goes from there.
 *
 * @param start such as {@code c}
 * @param steps such as {@code " f b a"}: begins with a space, so that both join as they are
 */
public record Walk(String start, String steps) {}
