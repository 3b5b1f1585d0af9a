package org.rlaif.training.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rlaif.training.rows.Row;

/**
 * HelpSteer and HelpSteer2 (Wang et al. 2023, arXiv 2311.09528; 2024, arXiv 2406.08673): a {@code
 * prompt} and a {@code response} with five ratings from 0 to 4. The response is learned; ratings
 * are read where {@code reward.loss} is {@code regression}, and of those the ones that it asks for.
 */
record HelpSteerLayout(RowParts parts) implements KnownLayout {
  private static final int MOST = 4;

  @Override
  public List<String> columns() {
    return List.of(
        "prompt", "response", "helpfulness", "correctness", "coherence", "complexity", "verbosity");
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    Map<String, Double> ratings = new TreeMap<>();
    for (String attribute : parts.columns().ratings()) {
      if (whole.has(attribute)) {
        ratings.put(attribute, whole.number(attribute, 0, MOST));
      }
    }
    String response = whole.text("response");
    if (response.isEmpty()) {
      return Reading.leftOut("emptyCompletion");
    }
    return Reading.of(
        new Lesson(
                row.id(),
                parts.prompt(row, whole.text("prompt")),
                parts.completion(response),
                List.of(),
                /* everyTurn= */ false)
            .rated(ratings));
  }
}
