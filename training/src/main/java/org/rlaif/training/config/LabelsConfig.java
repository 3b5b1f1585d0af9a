package org.rlaif.training.config;

import org.rlaif.kit.UserError;

/**
 * The preferences.
 *
 * @param heldOut share of the prompts whose preferences the reward model never sees; its accuracy
 *     is measured on them. Preferences by people are held out with their prompts instead, by {@code
 *     data.validation} and {@code data.test}, as SFT learns from what was chosen.
 * @param clamp no label of a judge is nearer to 0 or 1 than this, below 0.5
 */
public record LabelsConfig(double heldOut, double clamp) {
  public LabelsConfig {
    Ranges.fraction("labels.heldOut", heldOut);
    UserError.require(clamp >= 0 && clamp < 0.5, "labels.clamp", clamp, "from 0 to less than 0.5");
  }
}
