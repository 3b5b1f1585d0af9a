package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

/**
 * Two completions of one prompt.
 *
 * @param probabilityFirst how probable it is that the first is the better one, from 0 to 1
 */
public record Preference(
    String id,
    Prompt prompt,
    String first,
    String second,
    double probabilityFirst,
    Provenance provenance) {
  public Preference {
    require(
        probabilityFirst >= 0 && probabilityFirst <= 1,
        "probabilityFirst",
        probabilityFirst,
        "from 0 to 1, in the preference " + id);
  }
}
