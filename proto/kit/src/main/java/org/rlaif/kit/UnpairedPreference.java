package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

/**
 * One completion of a prompt, and whether it is wanted; there need not be another to compare with.
 *
 * @param probabilityDesirable how probable it is that the completion is wanted, from 0 to 1
 */
public record UnpairedPreference(
    String id,
    Prompt prompt,
    String completion,
    double probabilityDesirable,
    Provenance provenance) {
  public UnpairedPreference {
    require(
        probabilityDesirable >= 0 && probabilityDesirable <= 1,
        "probabilityDesirable",
        probabilityDesirable,
        "from 0 to 1, in the unpaired preference " + id);
  }
}
