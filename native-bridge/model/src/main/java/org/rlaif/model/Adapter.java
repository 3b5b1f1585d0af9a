package org.rlaif.model;

/**
 * An adapter and the model that it was made for.
 *
 * @param base closed with the adapter's folder
 * @param weights the factors, and the score head of a model that scores: {@link Lora#parameters}
 */
public record Adapter(ModelFolder base, Lora lora, Weights weights) {}
