package org.rlaif.model.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.rlaif.kit.Json;
import org.rlaif.model.Golden;

final class TemplateTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2026, 3, 7, 12, 5, 2);

  /** Python's jinja2 on the same pieces; {@code golden/make_chat_golden.py} asked it. */
  @TestFactory
  Stream<DynamicTest> rendersWhatPythonRenders() throws IOException {
    JsonNode golden = read();
    Map<?, ?> variables = Json.MAPPER.convertValue(golden.path("variables"), Map.class);
    assertTrue(golden.path("pieces").size() > 40);
    return IntStream.range(0, golden.path("pieces").size())
        .mapToObj(golden.path("pieces")::get)
        .map(
            each -> {
              String piece = each.path("piece").asText();
              return DynamicTest.dynamicTest(
                  piece.lines().findFirst().orElse(piece),
                  () -> {
                    if (each.has("error")) {
                      assertThrows(JinjaException.class, () -> render(piece, variables));
                    } else {
                      assertEquals(
                          each.path("text").asText(), render(piece, variables).toString(), piece);
                    }
                  });
            });
  }

  @Test
  void lettersRememberWhereTheyComeFrom() {
    String piece = "{{ '<' ~ s[1:].strip().replace('b', 'xy') ~ '>' }}{% generation %}{{ s }}.";
    Text text = render(piece + "{% endgeneration %}", Map.of("s", "ab c "));
    assertEquals("<xy c>ab c .", text.toString());
    assertEquals("wwwggw" + "ggggg" + "w", marks(text)); // x and y are the template's own
    assertFalse(text.isGenerated(5));
    assertTrue(text.isGenerated(6) && text.isGenerated(11));
  }

  /** What changes the number of letters keeps at least whether any was given. */
  @Test
  void whatIsGivenStaysGiven() {
    for (String piece :
        List.of(
            "{{ s | upper }}",
            "{{ [s] | tojson }}",
            "{{ [s] }}",
            "{{ s | title | indent }}",
            "{{ s.split('i') | join('i') }}",
            "{% set t %}{{ s }}{% endset %}{{ t[::-1] | reverse }}",
            "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(s) }}")) {
      Text text = render(piece, Map.of("s", "<|\u00dfid|>"));
      int bar = text.toString().indexOf("|>");
      assertTrue(text.isGiven(bar) && text.isGiven(bar + 1), piece);
    }
  }

  /** Time grows with the text, not with its square. */
  @Test
  void longTextsAreGoneThroughInTime() {
    String many = "\ud83d\ude00a".repeat(500_000);
    Text text =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> render("{{ s[::-1] | first }}{{ s | reverse | last }}", Map.of("s", many)));
    assertEquals("a\ud83d\ude00", text.toString());
  }

  @Test
  void tellsTheDateAsPythonDoes() {
    assertEquals(
        "07 Mar 2026, Saturday March 26 066 12:05:02 PM 12 7% %",
        render("{{ strftime_now('%d %b %Y, %A %B %y %j %H:%M:%S %p %I %-d%% %') }}", Map.of())
            .toString());
    var e = assertThrows(JinjaException.class, () -> render("{{ strftime_now('%q') }}", Map.of()));
    assertEquals("strftime_now: %q is not known", e.getMessage());
  }

  @Test
  void mistakesAreNamedWithTheirLine() {
    assertEquals("line 2: unexpected 'nope'", refusal("a\n{% nope %}"));
    assertEquals("line 3: unexpected }", refusal("\n\n{{ [1, 2 } }}"));
    assertEquals("line 1: no %}", refusal("{% if x"));
    assertEquals("line 1: a comment without #}", refusal("{# x"));
    assertEquals("line 1: unexpected END_PRINT", refusal("{{ 1 + }}"));
    assertEquals("line 1: unexpected 'the end of the template'", refusal("{% if x %}"));
  }

  private static String refusal(String piece) {
    return String.valueOf(
        assertThrows(JinjaException.class, () -> Template.of(piece)).getMessage());
  }

  private static Text render(String piece, Map<?, ?> variables) {
    Map<String, Object> byName =
        variables.entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .collect(Collectors.toMap(e -> e.getKey().toString(), Map.Entry::getValue));
    if (variables.containsKey("no")) {
      byName.put("no", Values.None.NONE);
    }
    return Template.of(piece).render(byName, () -> NOON);
  }

  /** w for what the template wrote, g for what it was given. */
  private static String marks(Text text) {
    return IntStream.range(0, text.toString().length())
        .mapToObj(i -> text.isGiven(i) ? "g" : "w")
        .collect(Collectors.joining());
  }

  private static JsonNode read() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Golden.class.getResourceAsStream("golden/chat/pieces.json"))) {
      return Json.MAPPER.readTree(in);
    }
  }
}
