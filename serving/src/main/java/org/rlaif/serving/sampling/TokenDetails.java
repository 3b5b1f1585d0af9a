package org.rlaif.serving.sampling;

/**
 * What was wanted of one token beyond its log-probability; what was not wanted is 0 or empty.
 *
 * @param sampledLogprob natural log of its share of what was kept; 0 for greedy
 * @param topIds the most likely tokens, most likely first, equals by their ids
 * @param topLogprobs theirs: natural log, full vocabulary, after temperature
 * @param support the token ids that were kept, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record TokenDetails(
    float sampledLogprob, int[] topIds, float[] topLogprobs, int[] support) {}
