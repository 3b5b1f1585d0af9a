package org.rlaif.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Json;

class FiguresTest {
  private static final JsonNode FIGURES =
      Json.MAPPER.valueToTree(
          Map.of(
              "validationLoss",
              0.65237,
              "tokens",
              4100,
              "parity",
              Map.of("maxAbsLogprobDifference", 9.5e-7),
              "winRate",
              Map.of("policyVsSft", Map.of("value", 0.7)),
              "judge",
              "rubric:tldr"));

  @Test
  void findsFiguresInsideRecords() {
    assertEquals(9.5e-7, Figures.number(FIGURES, "parity.maxAbsLogprobDifference"));
    assertEquals(0.7, Figures.number(FIGURES, "winRate.policyVsSft.value"));
    assertEquals(Double.NaN, Figures.number(FIGURES, "judge"));
    assertTrue(Figures.get(FIGURES, "parity.other").isMissingNode());
    assertTrue(Figures.get(FIGURES, "tokens.deeper").isMissingNode());
  }

  @Test
  void writesThemForPeople() {
    assertEquals(
        "validation loss 0.652, tokens 4100, parity max abs logprob difference 9.5e-07, win rate"
            + " policy vs sft 0.700, judge rubric:tldr",
        Figures.line(
            FIGURES,
            List.of(
                "validationLoss",
                "missing",
                "tokens",
                "parity.maxAbsLogprobDifference",
                "winRate.policyVsSft.value",
                "judge")));
  }
}
