package org.rlaif.serving.update;

import org.jspecify.annotations.Nullable;

/**
 * A checked update: what serves now, and how far it is from what the trainer expected.
 *
 * @param parity of the weights as they arrived, in fp32 whatever serves
 * @param loss what serving quantised adds to that; null: nothing
 */
public record UpdateOutcome(long weightsVersion, Parity parity, @Nullable QuantizationLoss loss) {}
