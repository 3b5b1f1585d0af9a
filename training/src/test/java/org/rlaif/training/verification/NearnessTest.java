package org.rlaif.training.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

class NearnessTest {
  @Test
  void numbersThatAreEqualAsWrittenAreEqual() throws IOException {
    Nearness.exact().compare("here", read("{'a': 0.1, 'more': 1}"), Map.of("a", 0.1f));
    differs(
        Nearness.exact(),
        "{'a': 0.1}",
        Map.of("a", Math.nextUp(0.1)),
        "here, a: 0.1 (expected: 0.10000000000000002)");
  }

  @Test
  void theFirstDifferenceIsNamed() throws IOException {
    differs(
        Nearness.exact(),
        "{'a': {'b': [1, 2]}}",
        Map.of("a", Map.of("b", List.of(1, 3))),
        "here, a.b[1]: 2 (expected: 3)");
    differs(
        Nearness.exact(),
        "{'a': [1]}",
        Map.of("a", List.of(1, 3)),
        "here, a: [1] (expected: [1,3])");
    differs(Nearness.exact(), "{'b': 1}", Map.of("a", "x"), "here, a: missing (expected: \"x\")");
    differs(Nearness.exact(), "{'a': null}", Map.of("a", 1.0), "here, a: null (expected: 1.0)");
  }

  @Test
  void aToleranceIsOfSmallNumbersAndAShareOfLargeOnes() throws IOException {
    Nearness near = Nearness.within(0.25, "a reason");
    near.compare("here", read("{'a': 0.5, 'b': 120}"), Map.of("a", 0.25, "b", 100));
    assertEquals("largest difference 2.5e-01, within 2.5e-01: a reason", near.words());
    differs(
        near,
        "{'a': 0.5}",
        Map.of("a", 0.249),
        "here, a: 0.5 (expected: 0.249, within 2.5e-01: a reason)");
    differs(
        near,
        "{'b': 126}",
        Map.of("b", 100),
        "here, b: 126 (expected: 100, within 2.5e-01: a reason)");
    differs(
        near,
        "{'b': 'NaN'}",
        Map.of("b", 0),
        "here, b: \"NaN\" (expected: 0, within 2.5e-01: a reason)");
  }

  private static void differs(Nearness nearness, String found, Object recomputed, String message)
      throws IOException {
    JsonNode row = read(found);
    UserError error =
        assertThrows(UserError.class, () -> nearness.compare("here", row, recomputed));
    assertEquals(message, error.getMessage());
  }

  private static JsonNode read(String json) throws IOException {
    return Json.MAPPER.readTree(json.replace('\'', '"'));
  }
}
