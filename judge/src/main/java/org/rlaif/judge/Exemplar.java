package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.MayBeAbsent;

/**
 * A comparison with its answer, shown before a question (few-shot, Lee et al. 2023, arXiv
 * 2309.00267, section 2.1).
 *
 * @param better which of the two is: 1 or 2
 * @param rationale why; null, and in JSON absent: it is not told
 */
public record Exemplar(
    String prompt,
    String first,
    String second,
    int better,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rationale) {
  public Exemplar {
    require(better == 1 || better == 2, "better", better, "1 or 2");
  }
}
