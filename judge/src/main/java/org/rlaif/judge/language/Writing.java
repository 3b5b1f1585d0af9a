package org.rlaif.judge.language;

/**
 * How a language model is to write.
 *
 * @param maxTokens at most so many
 * @param temperature 0: always the most likely token
 * @param seed of the draws, where it takes one
 */
public record Writing(int maxTokens, double temperature, long seed) {}
