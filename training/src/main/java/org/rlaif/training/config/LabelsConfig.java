package org.rlaif.training.config;

/**
 * The preferences.
 *
 * @param heldOut share of the prompts whose preferences the reward model never sees; its accuracy
 *     is measured on them. Preferences by people are held out with their prompts instead, by {@code
 *     data.validation} and {@code data.test}, as SFT learns from what was chosen.
 */
public record LabelsConfig(double heldOut) {
  public LabelsConfig {
    Ranges.fraction("labels.heldOut", heldOut);
  }
}
