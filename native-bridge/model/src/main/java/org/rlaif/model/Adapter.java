package org.rlaif.model;

/**
 * An adapter and the model that it was made for.
 *
 * @param base which has the tokenizer of the adapter's folder, and is closed with it
 * @param weights the factors, and the score head of a model that scores: {@link Lora#parameters}
 */
public record Adapter(ModelFolder base, Lora lora, Weights weights) {}
