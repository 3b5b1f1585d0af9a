package org.rlaif.model;

/**
 * An adapter, apart from the model that it was made for.
 *
 * @param weights the factors, and the score head of a model that scores: {@link Lora#parameters}
 */
public record Adapter(Lora lora, Weights weights) {}
