package org.rlaif.serving.sampling;

/**
 * Which sequence of a request; every one draws from a random stream of its own.
 *
 * @param prompt index of the prompt in the request
 * @param sample index among the completions of that prompt
 */
public record SequenceId(int prompt, int sample) {}
